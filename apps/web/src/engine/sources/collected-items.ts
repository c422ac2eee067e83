// What the page picked, arriving in pages while it still reads a folder. More may come, and some may go, after its end.
import { type SourceEntry, unsendableEntry } from '@p2p-copy/core';
import { fromFailureRecord } from '../../contract/browser-refusal.ts';
import type { PickedItem, SendCommand } from '../../contract/messages.ts';
import { topOf } from '../../format/top-of.ts';
import { fileEntry, folderEntry, textEntry } from './blob-source.ts';

type ItemsCommand = Exclude<SendCommand, { type: 'access-token' | 'stop' | 'limit-rate' | 'leave' }>;

export class CollectedItems {
  /** Where they are found again; none where the browser gives no handles. */
  roots: FileSystemHandle[] = [];
  /** Told when `items` is another promise: what was picked has changed. */
  onChange = () => {};
  readonly #collected = new Map<string, PickedItem[]>();
  #ending = pending();
  #hasEnded = false;
  #tellContent = () => {};
  /** Resolves when something came that can be sent. */
  readonly hasContent = new Promise<void>((resolve) => {
    this.#tellContent = resolve;
  });

  /** Null when the stored roots are to be searched instead. Rejects when a folder could not be read. */
  get items(): Promise<PickedItem[] | null> {
    return this.#ending.promise;
  }

  /** All of them, to send. Rejects as `items`. */
  get entries(): Promise<SourceEntry[]> {
    const entries = this.items.then((items) => (items ?? []).map(entryOf));
    entries.catch(() => {});
    return entries;
  }

  take(command: ItemsCommand): void {
    switch (command.type) {
      case 'items':
        for (const item of command.items) this.#add(item);
        return;
      case 'roots':
        this.roots = command.roots;
        return;
      case 'items-stored':
        this.#end(null);
        return;
      case 'items-end':
        this.#end(this.#all());
        return;
      case 'items-more':
        this.#reopen();
        return;
      case 'items-removed':
        this.#collected.delete(command.top);
        if (!this.#hasEnded) return;
        this.#reopen();
        this.#end(this.#all());
        return;
      case 'items-failed':
        this.#ending.reject(fromFailureRecord(command.error));
    }
  }

  #all(): PickedItem[] {
    return [...this.#collected.values()].flat();
  }

  #add(item: PickedItem): void {
    if (item.kind === 'file' || item.kind === 'text') this.#tellContent();
    const top = topOf(item);
    const below = this.#collected.get(top);
    if (below === undefined) this.#collected.set(top, [item]);
    else below.push(item);
  }

  #end(items: PickedItem[] | null): void {
    this.#hasEnded = true;
    this.#ending.resolve(items);
  }

  #reopen(): void {
    this.#hasEnded = false;
    this.#ending = pending();
    this.onChange();
  }
}

interface Ending {
  promise: Promise<PickedItem[] | null>;
  resolve: (items: PickedItem[] | null) => void;
  reject: (error: Error) => void;
}

function pending(): Ending {
  let [resolve, reject]: [Ending['resolve'], Ending['reject']] = [() => {}, () => {}];
  const promise = new Promise<PickedItem[] | null>((...settle) => {
    [resolve, reject] = settle;
  });
  // The engine may have ended before it looked.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

function entryOf(item: PickedItem): SourceEntry {
  switch (item.kind) {
    case 'file':
      return fileEntry(item.path, item.file);
    case 'folder':
      return folderEntry(item.path);
    case 'text':
      return textEntry(item.text);
    case 'unsendable':
      return unsendableEntry(item.entryKind, item.path, item.reason);
  }
}
