// What the person picked to send, by the names that they know: it may grow and shrink until the other side accepts it.
import { numberedPath, SendableNames, TransferError, unsendablePath } from '@p2p-copy/core';
import { BrowserRefusal, type FailureRecord, toFailureRecord } from '../contract/browser-refusal.ts';
import type { PickedItem, SendCommand } from '../contract/messages.ts';
import { OfferSummary } from '../format/offer-summary.ts';
import { splitTop, topOf } from '../format/top-of.ts';
import type { Picked } from '../gather/picked-files.ts';
import { MOST_TRIED, tried } from '../gather/unreadable.ts';

/** A file, or a folder with all that is in it. */
export interface OfferedRow {
  top: string;
  kind: 'file' | 'folder' | 'text';
  summary: OfferSummary;
  /** Files that the other side has. */
  doneFiles: number;
  /** Of what is offered below it. */
  names: SendableNames;
}

/** What was chosen and isn't offered. */
export type UnsendableItem = PickedItem & { kind: 'unsendable' };

/** One choice of the person's: a drop, a folder, some files. */
interface Pick {
  roots: Promise<FileSystemHandle[]>;
  /** Its rows by the names that they had where they were picked. */
  rows: Map<string, OfferedRow>;
}

export class OfferList {
  /** In the order picked. */
  rows = $state.raw<OfferedRow[]>([]);
  /** Of all rows. */
  summary = $state.raw(new OfferSummary());
  /** Folders are still being read. */
  isScanning = $state(false);
  /** What isn't offered, with the reasons, in the order found. */
  unsendable = $state.raw<readonly UnsendableItem[]>([]);
  /** A choice that could not be read to its end, and so isn't offered. */
  unreadable = $state.raw<FailureRecord | null>(null);

  readonly #tell: (command: SendCommand) => void;
  readonly #picks: Pick[] = [];
  readonly #listed = new Map<string, OfferedRow>();
  readonly #files = new Map<string, File>();
  #scans = 0;

  /** @param tell the engine, which sends what is listed */
  constructor(tell: (command: SendCommand) => void) {
    this.#tell = tell;
  }

  /** Ends when all of it is read. */
  async add({ pages, roots }: Picked): Promise<void> {
    const pick: Pick = { roots, rows: new Map() };
    this.unreadable = null;
    if (this.#picks.length > 0 && this.#scans === 0) this.#tell({ type: 'items-more' });
    this.#picks.push(pick);
    this.#scans += 1;
    this.isScanning = true;
    try {
      let triedItems = 0;
      for await (const items of pages) {
        this.#take(pick, triedItems < MOST_TRIED ? await tried(items) : items);
        triedItems += items.length;
      }
      void this.#tellRoots();
    } catch (cause) {
      this.#fail(pick, readFailure(cause, [...pick.rows.keys()][0]));
    }
    this.#scans -= 1;
    if (this.#scans > 0) return;
    this.isScanning = false;
    this.#tell({ type: 'items-end' });
  }

  /** The last row stays: an offer of nothing is none. */
  remove(row: OfferedRow): void {
    if (this.#listed.size === 1 || !this.#isOffered(row)) return;
    this.#drop(row);
    this.#show();
    void this.#tellRoots();
  }

  noteDone(tops: readonly [top: string, files: number][]): void {
    for (const [top, files] of tops) {
      const row = this.#listed.get(top);
      if (row !== undefined) row.doneFiles += files;
    }
    this.rows = [...this.rows];
  }

  /** Another session sends the same. */
  forgetDone(): void {
    for (const row of this.#listed.values()) row.doneFiles = 0;
    this.rows = [...this.rows];
  }

  #take(pick: Pick, items: readonly PickedItem[]): void {
    const taken: PickedItem[] = [];
    const unsendable: UnsendableItem[] = [];
    for (const item of items) {
      const placed = this.#place(pick, item);
      if (placed !== null) taken.push(placed);
      if (placed?.kind === 'unsendable') unsendable.push(placed);
    }
    if (unsendable.length > 0) this.unsendable = [...this.unsendable, ...unsendable];
    this.#show();
    this.#tell({ type: 'items', items: taken });
  }

  /** The item under the name of its row; null when that is gone, or has it already. */
  #place(pick: Pick, item: PickedItem): PickedItem | null {
    if (item.kind === 'unsendable') return item;
    const name = topOf(item);
    let row = pick.rows.get(name);
    if (row === undefined) {
      if (this.#isTwin(item)) return null;
      if (item.kind !== 'text') {
        const reason = unsendablePath(item.path);
        if (reason !== null) return { kind: 'unsendable', entryKind: item.kind, path: item.path, reason };
      }
      row = {
        top: this.#freeTop(name),
        kind: kindOf(item),
        summary: new OfferSummary(),
        doneFiles: 0,
        names: new SendableNames(),
      };
      pick.rows.set(name, row);
      this.#listed.set(row.top, row);
    } else if (!this.#isOffered(row)) return null;
    if (item.kind === 'text') {
      row.summary.add('text', 'message.txt', new Blob([item.text]).size);
      return item;
    }
    const path = row.top + splitTop(item.path)[1];
    const reason = row.names.add(item.kind, path);
    if (reason !== null) return { kind: 'unsendable', entryKind: item.kind, path, reason };
    row.summary.add(item.kind, path, item.kind === 'file' ? item.file.size : 0);
    if (item.kind === 'file' && path === row.top) this.#files.set(path, item.file);
    return { ...item, path };
  }

  /** The same file, picked twice. */
  #isTwin(item: PickedItem): boolean {
    if (item.kind !== 'file') return false;
    const listed = this.#files.get(item.path);
    return listed?.size === item.file.size && listed.lastModified === item.file.lastModified;
  }

  #freeTop(name: string): string {
    for (let number = 0; ; number += 1) {
      const candidate = numberedPath(name, number);
      if (!this.#listed.has(candidate)) return candidate;
    }
  }

  #isOffered(row: OfferedRow): boolean {
    return this.#listed.get(row.top) === row;
  }

  #drop(row: OfferedRow): void {
    this.#listed.delete(row.top);
    this.#files.delete(row.top);
    this.unsendable = this.unsendable.filter((item) => topOf(item) !== row.top);
    this.#tell({ type: 'items-removed', top: row.top });
  }

  /** Of several choices the others are offered all the same. */
  #fail(pick: Pick, error: TransferError): void {
    const mine = new Set(pick.rows.values());
    if ([...this.#listed.values()].every((row) => mine.has(row))) {
      this.#tell({ type: 'items-failed', error: toFailureRecord(error) });
      return;
    }
    for (const row of mine) if (this.#isOffered(row)) this.#drop(row);
    this.#show();
    this.unreadable = toFailureRecord(error);
  }

  /** Only all of them are worth anything, and only under their own names. */
  async #tellRoots(): Promise<void> {
    const roots: FileSystemHandle[] = [];
    for (const pick of this.#picks) {
      const listed = [...pick.rows].filter(([, row]) => this.#isOffered(row));
      const found = new Map((await pick.roots).map((root) => [root.name.normalize('NFC'), root]));
      for (const [name, { top }] of listed) {
        const root = found.get(name);
        if (root === undefined || name !== top) return this.#tell({ type: 'roots', roots: [] });
        roots.push(root);
      }
    }
    this.#tell({ type: 'roots', roots });
  }

  #show(): void {
    this.rows = [...this.#listed.values()];
    const summary = new OfferSummary();
    for (const row of this.rows) summary.merge(row.summary);
    this.summary = summary;
  }
}

function kindOf(item: Exclude<PickedItem, UnsendableItem>): OfferedRow['kind'] {
  return item.kind === 'file' && item.path.includes('/') ? 'folder' : item.kind;
}

/** @param path of the first thing in the choice that could be read */
function readFailure(cause: unknown, path = ''): TransferError {
  if (cause instanceof TransferError) return cause;
  const refusal = {
    call: 'read',
    path,
    exception: cause instanceof Error ? cause.name : String(cause),
  } as const;
  const told = path === '' ? cause : new BrowserRefusal(refusal, cause);
  return new TransferError('source-unreadable', undefined, { cause: told });
}
