// Transfers that outlive their tab: what is stored of each, for how long, and how it is found again.
import {
  type EntryKind,
  type FolderSettings,
  grownAge,
  type IndexRange,
  isAgeWorthNoting,
  type ObservedAge,
  type RefusedRow,
} from '@p2p-copy/core';
import { transact } from './database.ts';
import { lockedTransfers } from './transfer-lock.ts';

/** The other side gives up long before; until then its files may be chosen again, a disk attached again. */
export const LIFE_MS = 7 * 24 * 60 * 60 * 1000;
/** The same for an offer that nobody has answered, which takes a sender that still waits. */
export const REVIEW_LIFE_MS = 24 * 60 * 60 * 1000;

interface Stored {
  id: string;
  /** '' where no one name holds all: the page then says how many files, in its language. */
  title: string;
  files: number;
  /** How far it was. */
  bytes: number;
  totalBytes: number | null;
  savedMs: number;
  /** Since its last attempt, as far as this page saw it; absent until it was listed after that. */
  age?: ObservedAge;
}

/** One life of this worker, whose clock nobody sets. */
const LIFE_ID = crypto.randomUUID();

interface Unfinished extends Stored {
  relayUrl: string;
  /** Whoever has it can take this end's place. */
  transferSecret: Uint8Array<ArrayBuffer>;
  /** How far its end has come; absent before, and once a later session has an offer of its own. */
  ended?: StoredEnd;
}

/** `acknowledged`: the receiver has every file. `receipt`: everything is received, and this end knows it. PROTOCOL.md section 12. */
export type StoredEnd = 'acknowledged' | 'receipt';

/** An offer that the person has neither accepted nor declined. `bytes` is 0. */
export interface StoredReviewing extends Unfinished {
  kind: 'reviewing';
  /** SHA-256 of the code that it was opened with, hex. */
  codeDigest: string;
  /** What both people may compare. */
  words: string[];
}

export interface StoredReceiving extends Unfinished {
  kind: 'receiving';
  /** Digest of the offer that the person accepted, hex. */
  pin: string;
  skip: number[];
  /** Whether the person consents to compare what stands under the offered names. */
  compares: boolean;
  /** Most to take of what has no known size. */
  maxUnsizedBytes: number;
  /** Indices of the accepted entries that are whole, in ranges. */
  delivered: IndexRange[];
  /** Whether its storage was an earlier transfer's: what stands there need not be this one's. */
  tookOver: boolean;
  /** Chunks of what lies here that were found to differ. */
  refused: RefusedRow[];
  /** Whether its parts in a picked folder have names of their own; absent in what an older page stored, whose parts had not. */
  ownParts?: boolean;
  place: { kind: 'browser' } | { kind: 'folder'; folder: FileSystemDirectoryHandle };
}

export interface StoredSending extends Unfinished {
  kind: 'sending';
  /** What was picked or dropped, where the browser gives handles: found again without the person. */
  roots: FileSystemHandle[];
}

/** Whole files in this browser's storage, which the person has not deleted yet. */
export interface StoredReceived extends Stored {
  kind: 'received';
}

export type StoredTransfer = StoredReviewing | StoredReceiving | StoredSending | StoredReceived;

/** What was sent, row by row, to know it again. */
export interface SentRow {
  kind: 'file' | 'folder';
  path: string;
  sizeBytes: number;
  modifiedMs: number | null;
}

/** An entry as it was accepted. */
export type AcceptedRow = [path: string, kind: EntryKind, sizeBytes: number | null, executable: boolean];

/** What a receiving has beside what was accepted, once everything is received. */
export interface EndedContent extends ReceivedFiles {
  rows: AcceptedRow[];
  /** Messages, which lie nowhere else. */
  texts: string[];
}

/** What is whole in this browser's storage. */
export interface ReceivedFiles {
  files: { path: string; sizeBytes: number; modifiedMs: number | null }[];
  /** Paths alone in what an older page stored. */
  folders: (StoredFolder | string)[];
}

export interface StoredFolder extends FolderSettings {
  path: string;
}

/** Stores it in place of what its id had. */
export async function putTransfer(transfer: StoredReviewing): Promise<void>;
export async function putTransfer(
  transfer: StoredReceiving,
  content?: AcceptedRow[] | EndedContent,
): Promise<void>;
export async function putTransfer(transfer: StoredSending, content?: SentRow[]): Promise<void>;
export async function putTransfer(transfer: StoredReceived, content: ReceivedFiles): Promise<void>;
export async function putTransfer(
  transfer: StoredTransfer,
  content?: AcceptedRow[] | SentRow[] | ReceivedFiles | EndedContent,
) {
  await transact('readwrite', ({ transfers, contents }) => {
    if (content !== undefined) contents.put(content, transfer.id);
    return transfers.put(transfer, transfer.id);
  });
}

/**
 * The youngest first. What has expired is removed, by the age that this page saw and not by the time of day alone; its files in
 * this browser's storage stay.
 */
export async function listTransfers(): Promise<StoredTransfer[]> {
  const all: StoredTransfer[] = await transact('readonly', ({ transfers }) => transfers.getAll());
  const isLeft = all.some(isAgeDue) ? await noteAges() : () => true;
  return all.filter(isLeft).sort((a, b) => b.savedMs - a.savedMs);
}

function ageNow({ age = null }: { age?: ObservedAge | null }): ObservedAge {
  const boot = { id: LIFE_ID, uptimeMs: performance.now() };
  return grownAge(age, { wallMs: Date.now(), boot });
}

function isAgeDue(transfer: StoredTransfer): boolean {
  return transfer.kind !== 'received' && isAgeWorthNoting(transfer.age ?? null, ageNow(transfer));
}

/** In one transaction, since other tabs write to what they run. @returns whether a transfer is still there */
async function noteAges(): Promise<(transfer: StoredTransfer) => boolean> {
  const running = await lockedTransfers();
  const expired = new Set<string>();
  await transact('readwrite', ({ transfers, contents }) => {
    const reading: IDBRequest<StoredTransfer[]> = transfers.getAll();
    reading.onsuccess = () => {
      for (const transfer of reading.result.filter(isAgeDue)) {
        const { id } = transfer;
        if (running.has(id)) continue;
        const age = ageNow(transfer);
        if (!hasExpired(transfer.kind, age)) {
          transfers.put({ ...transfer, age }, id);
          continue;
        }
        expired.add(id);
        transfers.delete(id);
        contents.delete(id);
      }
    };
    return reading;
  });
  return ({ id }) => !expired.has(id);
}

export async function findTransfer<Kind extends StoredTransfer['kind']>(
  id: string,
  kind: Kind,
): Promise<Extract<StoredTransfer, { kind: Kind }> | null> {
  const found = (await listTransfers()).find((transfer) => transfer.id === id && transfer.kind === kind);
  return (found as Extract<StoredTransfer, { kind: Kind }> | undefined) ?? null;
}

export function sentRows(id: string): Promise<SentRow[]> {
  return transact('readonly', ({ contents }) => contents.get(id));
}

export async function acceptedRows(id: string): Promise<AcceptedRow[]> {
  const found: AcceptedRow[] | EndedContent | undefined = await transact('readonly', ({ contents }) =>
    contents.get(id),
  );
  return Array.isArray(found) ? found : (found?.rows ?? []);
}

/** Null where not everything was received. */
export async function endedContent(id: string): Promise<EndedContent | null> {
  const found: AcceptedRow[] | EndedContent | undefined = await transact('readonly', ({ contents }) =>
    contents.get(id),
  );
  return found === undefined || Array.isArray(found) ? null : found;
}

export function receivedFiles(id: string): Promise<ReceivedFiles> {
  return transact('readonly', ({ contents }) => contents.get(id));
}

export async function removeTransfer(id: string): Promise<void> {
  await transact('readwrite', ({ transfers, contents }) => {
    contents.delete(id);
    return transfers.delete(id);
  });
}

/** Files that are whole stay until the person deletes them. */
export function hasExpired(kind: StoredTransfer['kind'], { agedMs }: ObservedAge): boolean {
  if (kind === 'received') return false;
  return agedMs >= (kind === 'reviewing' ? REVIEW_LIFE_MS : LIFE_MS);
}
