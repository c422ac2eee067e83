// What was dropped on the page, folders read to their ends, as items to send.
import { TransferError } from '@p2p-copy/core';
import type { PickedItem } from '../contract/messages.ts';
import { inPages } from './item-pages.ts';
import { type Picked, pickedFiles } from './picked-files.ts';

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
    if (isFile(entry)) {
      yield { kind: 'file', path, file: await openFile(entry, path) };
    } else {
      const children = await readFolder(entry as FileSystemDirectoryEntry, path);
      // A folder with something in it comes into being with its files.
      if (children.length === 0) yield { kind: 'folder', path };
      yield* walkAll(children, path);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function openFile(entry: FileSystemFileEntry, path: string): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, (cause) => reject(unreadable(path, cause)));
  });
}

async function readFolder(folder: FileSystemDirectoryEntry, path: string): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  // Browsers give at most a hundred at a time, and an empty list at the end.
  for (;;) {
    const page = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, (cause) => reject(unreadable(path, cause)));
    });
    if (page.length === 0) return children;
    children.push(...page);
  }
}

function unreadable(path: string, cause: unknown): TransferError {
  return new TransferError('source-unreadable', `“${path}” cannot be read.`, { cause });
}
