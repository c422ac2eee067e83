// What was dropped on the page, folders read to their ends, as items to send.
import type { PickedItem } from '../contract/messages.ts';
import { inPages } from './item-pages.ts';
import { type Picked, pickedFiles } from './picked-files.ts';
import { unreadable } from './unreadable.ts';

/** Must be called in the drop event's own task: the browser empties `transfer` afterwards. */
export function droppedFiles(transfer: DataTransfer): Picked {
  const items = Array.from(transfer.items).filter(({ kind }) => kind === 'file');
  const roots = rootsOf(items);
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return { ...pickedFiles(transfer.files), roots };
  return { pages: inPages(walkAll(entries, '')), roots };
}

/** Only all of them are worth anything. */
async function rootsOf(items: DataTransferItem[]): Promise<FileSystemHandle[]> {
  try {
    const roots = await Promise.all(items.map((item) => item.getAsFileSystemHandle?.() ?? null));
    return roots.every((root) => root !== null) ? roots : [];
  } catch {
    return [];
  }
}

async function* walkAll(entries: FileSystemEntry[], parent: string): AsyncGenerator<PickedItem> {
  for (const entry of entries) {
    const path = (parent === '' ? entry.name : `${parent}/${entry.name}`).normalize('NFC');
    if (isFile(entry)) yield await fileItem(entry, path);
    else yield* walkFolder(entry as FileSystemDirectoryEntry, path);
  }
}

async function* walkFolder(folder: FileSystemDirectoryEntry, path: string): AsyncGenerator<PickedItem> {
  let children: FileSystemEntry[];
  try {
    children = await readFolder(folder);
  } catch (cause) {
    yield unreadable('folder', path, cause);
    return;
  }
  // A folder with something in it comes into being with its files.
  if (children.length === 0) yield { kind: 'folder', path };
  yield* walkAll(children, path);
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

async function fileItem(entry: FileSystemFileEntry, path: string): Promise<PickedItem> {
  try {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return { kind: 'file', path, file };
  } catch (cause) {
    return unreadable('file', path, cause);
  }
}

/** @throws DOMException the browser's */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  // Browsers give at most a hundred at a time, and an empty list at the end.
  for (;;) {
    const page = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (page.length === 0) return children;
    children.push(...page);
  }
}
