// What a file or folder input holds, or the browser's pickers give, as items to send.
import type { PickedItem } from '../contract/messages.ts';
import { inPages, PAGE_ITEMS } from './item-pages.ts';
import { walkHandles } from './walk-handles.ts';

/** Files and folders on their way in, in pages; a folder may still be being read. Throws what reading throws. */
export type PickedPages = AsyncIterable<PickedItem[]>;

export interface Picked {
  pages: PickedPages;
  /** By which it is found again when the tab was closed; none where the browser gives no handles. */
  roots: Promise<FileSystemHandle[]>;
}

/** A folder input gives each file its path under the folder; it leaves out empty folders. */
export function pickedFiles(files: Iterable<File>): Picked {
  return withoutRoots(pagesOf(files));
}

export function pickedText(text: string): Picked {
  return withoutRoots(
    (async function* () {
      yield [{ kind: 'text', text }];
    })(),
  );
}

/** What the browser's own pickers gave. */
export function pickedHandles(roots: FileSystemHandle[]): Picked {
  return { pages: inPages(walkHandles(roots)), roots: Promise.resolve(roots) };
}

export function withoutRoots(pages: PickedPages): Picked {
  return { pages, roots: Promise.resolve([]) };
}

async function* pagesOf(files: Iterable<File>): PickedPages {
  const items = Array.from(files, (file): PickedItem => ({ kind: 'file', path: pathOf(file), file }));
  for (let at = 0; at < items.length; at += PAGE_ITEMS) yield items.slice(at, at + PAGE_ITEMS);
}

function pathOf(file: File): string {
  return (file.webkitRelativePath || file.name).normalize('NFC');
}
