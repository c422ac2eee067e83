// What a receiving leaves in this browser while it runs and after: its lock, its sink, and what is stored to go on with it.
import {
  type AcceptingAnswer,
  addIndex,
  type ChangedFile,
  type FolderSink,
  type IndexRange,
  indicesIn,
  type Manifest,
  type RefusedRow,
  type TransferResult,
} from '@p2p-copy/core';
import type { AcceptTerms, SinkChoice } from '../../contract/messages.ts';
import { partTagOf } from '../folders/own-part.ts';
import { acceptedBefore } from '../storage/accepted-before.ts';
import { earlierAttempts, storedPin } from '../storage/earlier-attempts.ts';
import type { Kept } from '../storage/kept-files.ts';
import { contentOf, endedReceiving, isSamePlace, listReceived, rowsOf } from '../storage/received-record.ts';
import { deliveredHere } from '../storage/standing-files.ts';
import {
  acceptedRows,
  findTransfer,
  removeTransfer,
  type StoredReceiving,
} from '../storage/stored-transfers.ts';
import { lockTransfer } from '../storage/transfer-lock.ts';
import { TransferRecord } from '../storage/transfer-record.ts';
import { OpenedPlace } from './opened-place.ts';

export class Receiving {
  readonly #opened = new OpenedPlace();
  #id: string | null = null;
  #release = () => {};
  /** Of an earlier tab: the same transfer, or one whose storage was taken over. */
  #stored: StoredReceiving | null = null;
  #isResumed = false;
  #place: StoredReceiving['place'] | null = null;
  #manifest: Manifest | null = null;
  #skip: ReadonlySet<number> = new Set();
  #pin = '';
  #terms: AcceptTerms = { compares: false, maxUnsizedBytes: 0 };
  /** Paths of what was accepted. */
  #accepted: readonly string[] = [];
  /** By their indices in what was accepted. */
  #delivered: IndexRange[] = [];
  readonly #refused: RefusedRow[] = [];
  readonly #texts: string[] = [];
  /** The accepted index for each of the manifest's. */
  #acceptedIndices: readonly number[] | null = null;
  #record: TransferRecord | null = null;
  /** In files that earlier tabs made whole. */
  #earlierBytes = 0;
  /** In a picked folder only whole files outlive the tab. */
  #wholeBytes = 0;
  readonly #canCompare: boolean;

  /** @param canCompare whether the other side sends only what is missing */
  constructor(canCompare: boolean) {
    this.#canCompare = canCompare;
  }

  /** Takes what an earlier tab left; null when it isn't there any more, or another tab has it. */
  async take(transferId: string): Promise<StoredReceiving | null> {
    const stored = await this.#takeStored(transferId);
    if (stored === null) return null;
    this.#isResumed = true;
    this.#refused.push(...stored.refused);
    return stored;
  }

  async #takeStored(transferId: string): Promise<StoredReceiving | null> {
    const release = await lockTransfer(transferId);
    if (release === null) return null;
    this.#stored = await findTransfer(transferId, 'receiving');
    if (this.#stored === null) release();
    else [this.#id, this.#release] = [transferId, release];
    return this.#stored;
  }

  /**
   * The answer to an offer that a person has accepted before, or to less than it; null when they have not.
   * @param askChanged tells which of the changed files are wanted
   */
  async openAccepted(
    manifest: Manifest,
    askChanged: (changed: readonly ChangedFile[]) => Promise<Set<number>>,
  ): Promise<AcceptingAnswer | null> {
    const stored = this.#stored;
    if (stored === null || !this.#isResumed) return null;
    const rows = await acceptedRows(stored.id);
    this.#accepted = rows.map(([path]) => path);
    this.#delivered = stored.delivered;
    const before = await acceptedBefore(stored, rows, manifest);
    if (before === null) return null;
    const { skip } = before;
    this.#acceptedIndices = before.acceptedIndices;
    const answer = await this.#openPlace(stored.place, manifest, skip, stored);
    const delivered = await this.#deliveredBefore(manifest, before.delivered);
    const changed = before.changed.filter(({ index }) => !delivered.has(index));
    const agreed = await askChanged(changed);
    const refused = new Set(changed.map(({ index }) => index).filter((index) => !agreed.has(index)));
    return { ...answer, delivered, refused };
  }

  /** The files that were made whole before, and that are still here. */
  async #deliveredBefore({ entries }: Manifest, noted: ReadonlySet<number>): Promise<Set<number>> {
    // What was an earlier transfer's is compared anew.
    const isOwn = this.#isResumed && !this.#stored!.tookOver;
    const delivered = await deliveredHere(this.#opened.kept, entries, noted, isOwn);
    this.#earlierBytes = 0;
    for (const index of delivered) this.#earlierBytes += entries[index]!.sizeBytes ?? 0;
    this.#wholeBytes = this.#earlierBytes;
    return delivered;
  }

  /** What earlier tabs found to differ. */
  get refused(): readonly RefusedRow[] {
    return this.#refused;
  }

  /** Stored before the other side hears of it. */
  async noteRefused(rows: RefusedRow[]): Promise<void> {
    this.#refused.push(...rows);
    await this.#record?.writeNow();
  }

  /**
   * Opens the place where the person wants what they accepted; what an earlier offer delivered stays closed.
   * @throws TransferError `sink-failed`, `no-space`
   */
  async open(
    choice: SinkChoice,
    manifest: Manifest,
    skip: ReadonlySet<number>,
    terms: AcceptTerms,
  ): Promise<AcceptingAnswer> {
    const before = this.#place ?? this.#stored?.place ?? null;
    const isSame = before !== null && (await isSamePlace(before, choice));
    const delivered = new Set(
      [...indicesIn(isSame ? this.#delivered : [])].map((index) => this.#accepted[index]),
    );
    this.#accepted = manifest.entries.map(({ path }) => path);
    [this.#acceptedIndices, this.#delivered, this.#pin] = [null, [], ''];
    for (const { index, path } of manifest.entries) if (delivered.has(path)) addIndex(this.#delivered, index);
    const answer = await this.#openPlace(choice, manifest, skip, terms);
    return {
      ...answer,
      delivered: await this.#deliveredBefore(manifest, new Set(indicesIn(this.#delivered))),
    };
  }

  async #openPlace(
    choice: SinkChoice,
    manifest: Manifest,
    skip: ReadonlySet<number>,
    { compares, maxUnsizedBytes }: AcceptTerms,
  ): Promise<AcceptingAnswer> {
    this.#terms = { compares, maxUnsizedBytes };
    const sink = await this.#openSink(choice, manifest, skip);
    // What stands in the storage of this very transfer came with it.
    const isOwn = choice.kind === 'browser' && this.#stored !== null;
    const compareFinals = new Set(compares || isOwn ? manifest.entries.keys() : []);
    return { accept: true, sink, skip, compareFinals, maxUnsizedBytes };
  }

  async #openSink(choice: SinkChoice, manifest: Manifest, skip: ReadonlySet<number>): Promise<FolderSink> {
    this.#manifest = manifest;
    this.#skip = skip;
    if (choice.kind !== 'folder' && choice.kind !== 'browser') return this.#opened.open(choice, null);
    await this.#prepare(choice);
    const partTag = partTagOf(this.#id!, this.#stored);
    return this.#opened.open(choice, { id: this.#id!, release: this.#release, partTag });
  }

  /** Stores what it takes to go on; whether that worked. */
  async remember(relayUrl: string, transferSecret: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const [place, manifest] = [this.#place, this.#manifest];
    if (place === null || manifest === null) return false;
    const { topName, files, bytes, unsized } = contentOf(manifest, this.#skip);
    const isLater = this.#acceptedIndices !== null;
    // What the session before still writes must not come after this.
    await this.#record?.close();
    const stored: StoredReceiving = {
      kind: 'receiving',
      id: this.#id!,
      title: topName,
      files,
      bytes: this.#stored?.bytes ?? 0,
      totalBytes: unsized ? null : bytes,
      savedMs: Date.now(),
      relayUrl,
      transferSecret,
      pin: this.#pin,
      skip: isLater ? this.#stored!.skip : [...this.#skip],
      ...this.#terms,
      delivered: this.#delivered,
      tookOver: this.#stored !== null && (this.#stored.tookOver || !this.#isResumed),
      refused: this.#refused,
      ownParts: partTagOf(this.#id!, this.#stored) !== null,
      place,
    };
    this.#record = await TransferRecord.save(stored, isLater ? undefined : rowsOf(manifest));
    return this.#record !== null;
  }

  noteProgress(bytes: number): void {
    if (this.#opened.kept !== null) this.#record?.note(this.#earlierBytes + bytes);
  }

  noteDone(index: number): void {
    addIndex(this.#delivered, this.#acceptedIndices?.[index] ?? index);
    const entry = this.#manifest?.entries[index];
    if (entry === undefined || this.#opened.kept !== null) return;
    this.#wholeBytes += entry.sizeBytes ?? 0;
    this.#record?.noteSoon(this.#wholeBytes);
  }

  /** A message came. */
  noteText(text: string): void {
    this.#texts.push(text);
  }

  /** Everything is received: noted before the sender hears of it, with what a later tab needs to show it. */
  async noteEnd(ended: 'receipt'): Promise<void> {
    if (this.#record === null) return;
    const { files, folders } = this.#opened.kept?.stored ?? { files: [], folders: [] };
    const rows = this.#acceptedIndices === null ? rowsOf(this.#manifest!) : await acceptedRows(this.#id!);
    await this.#record.noteEnd(ended, { rows, files, folders, texts: this.#texts });
  }

  /** What an earlier tab received whole, and its messages; opens what this browser keeps of it. */
  async openEnded(): Promise<{ result: TransferResult; texts: string[] }> {
    await this.#opened.reopen(this.#stored!, this.#release);
    return endedReceiving(this.#stored!);
  }

  /** Deletes unfinished files. @returns how many could not be deleted */
  discard(): Promise<number> {
    return this.#opened.parts.remove();
  }

  /** Whether what it takes to go on later is stored. */
  get isResumable(): boolean {
    return this.#record !== null || this.#stored !== null;
  }

  /** Ends it; the rest can come later. */
  async pause(): Promise<void> {
    await this.#record?.close();
    this.#release();
  }

  /** Ends it for good. What is whole in this browser stays, and locked, until the page lets go of it. */
  async finish(): Promise<Kept | null> {
    const { kept } = this.#opened;
    if (kept === null) {
      this.#opened.stopDownload();
      await this.#record?.remove();
      if (this.#stored !== null) await removeTransfer(this.#stored.id);
      this.#release();
      return this.#opened.inMemory;
    }
    await this.#record?.close();
    // Parts of files that nobody can save are not worth the room.
    if (kept.isEmpty) {
      await kept.delete().catch((error: unknown) => console.warn(error));
      return null;
    }
    await listReceived(kept, this.#title);
    return kept;
  }

  get #title(): string {
    return this.#manifest === null ? this.#stored!.title : contentOf(this.#manifest, this.#skip).topName;
  }

  /** A lock, and an id under which an earlier attempt at the same files is found. */
  async #prepare(place: StoredReceiving['place']): Promise<void> {
    this.#place = place;
    this.#pin = this.#acceptedIndices === null ? storedPin(this.#manifest!) : this.#stored!.pin;
    if (this.#id === null) await this.#takeEarlier(place);
    if (this.#id !== null) return;
    this.#id = crypto.randomUUID();
    this.#release = (await lockTransfer(this.#id)) ?? this.#release;
  }

  /** What an earlier attempt left at the same place is compared, not sent again. */
  async #takeEarlier(place: StoredReceiving['place']): Promise<void> {
    // Another transfer's content: only with the person's consent.
    if (!this.#canCompare || !this.#terms.compares) return;
    const attempts = await earlierAttempts(this.#manifest!, place);
    for (const id of attempts) if ((await this.#takeStored(id)) !== null) return;
  }
}
