// What a file or folder input holds, as items to send.
import type { PickedItem } from '../engine/messages.ts';

/** Files and folders on their way in, in pages; a folder may still be being read. Throws what reading throws. */
export type PickedPages = AsyncIterable<PickedItem[]>;

export const PAGE_ITEMS = 1000;

/** A folder input gives each file its path under the folder; it leaves out empty folders. */
export async function* pickedFiles(files: Iterable<File>): PickedPages {
  const items = Array.from(files, (file): PickedItem => ({ kind: 'file', path: pathOf(file), file }));
  for (let at = 0; at < items.length; at += PAGE_ITEMS) yield items.slice(at, at + PAGE_ITEMS);
}

export async function* pickedText(text: string): PickedPages {
  yield [{ kind: 'text', text }];
}

function pathOf(file: File): string {
  return (file.webkitRelativePath || file.name).normalize('NFC');
}
