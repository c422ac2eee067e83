// What the page picked, arriving in pages while it still reads a folder.
import { fromErrorRecord, type SourceEntry } from '@p2p-copy/core';
import { fileEntry, folderEntry, textEntry } from './blob-source.ts';
import type { PickedItem, SendCommand } from './messages.ts';

type ItemsCommand = Exclude<SendCommand, { type: 'cancel' | 'leave' }>;

export class CollectedItems {
  /** Where they are found again; none where the browser gives no handles. */
  roots: FileSystemHandle[] = [];
  /** Null when the stored roots are to be searched instead. Rejects when a folder could not be read. */
  readonly items: Promise<PickedItem[] | null>;
  readonly #collected: PickedItem[] = [];
  readonly #end: (items: PickedItem[] | null) => void;
  readonly #fail: (error: Error) => void;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<PickedItem[] | null>();
    // The engine may have ended before it looked.
    promise.catch(() => {});
    [this.items, this.#end, this.#fail] = [promise, resolve, reject];
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
        for (const item of command.items) this.#collected.push(item);
        return;
      case 'roots':
        this.roots = command.roots;
        return;
      case 'items-stored':
        this.#end(null);
        return;
      case 'items-end':
        this.#end(this.#collected);
        return;
      case 'items-failed':
        this.#fail(fromErrorRecord(command.error));
    }
  }
}

function entryOf(item: PickedItem): SourceEntry {
  switch (item.kind) {
    case 'file':
      return fileEntry(item.path, item.file);
    case 'folder':
      return folderEntry(item.path);
    case 'text':
      return textEntry(item.text);
  }
}
