// Finds what was being sent again, by the handles that the browser gave for it.

import type { TransferError } from '@p2p-copy/core';
import type { PickedItem } from '../../contract/messages.ts';
import { nameOf, refusedBy } from '../folders/disk-error.ts';
import type { SentRow } from '../storage/stored-transfers.ts';

/** The files of `rows` that are still there and may be read. Names are in NFC, as they were sent. */
export async function findSent(
  rows: readonly SentRow[],
  roots: readonly FileSystemHandle[],
): Promise<PickedItem[]> {
  const byName = new Map(roots.map((root) => [root.name.normalize('NFC'), root]));
  const folders = new Map<string, Promise<Map<string, FileSystemHandle>>>();
  const found: PickedItem[] = [];

  async function handleAt(path: string): Promise<FileSystemHandle | undefined> {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return byName.get(path);
    const parent = path.slice(0, slash);
    let listed = folders.get(parent);
    if (listed === undefined) {
      listed = handleAt(parent).then(listOf);
      folders.set(parent, listed);
    }
    return (await listed).get(path.slice(slash + 1));
  }

  for (const { kind, path } of rows) {
    if (kind === 'folder') continue;
    const handle = await handleAt(path);
    if (handle?.kind !== 'file') continue;
    const file = await fileOf(handle as FileSystemFileHandle);
    if (file !== null) found.push({ kind: 'file', path, file });
  }
  return found;
}

async function listOf(handle: FileSystemHandle | undefined): Promise<Map<string, FileSystemHandle>> {
  const listed = new Map<string, FileSystemHandle>();
  if (handle?.kind !== 'directory') return listed;
  try {
    for await (const child of (handle as FileSystemDirectoryHandle).values()) {
      listed.set(child.name.normalize('NFC'), child);
    }
  } catch (cause) {
    if (!isGone(cause)) throw unread(handle, cause);
  }
  return listed;
}

async function fileOf(handle: FileSystemFileHandle): Promise<File | null> {
  try {
    return await handle.getFile();
  } catch (cause) {
    if (isGone(cause)) return null;
    throw unread(handle, cause);
  }
}

/** Moved, deleted, or not allowed: the person is told which files are missing. */
function isGone(cause: unknown): boolean {
  return ['NotFoundError', 'NotAllowedError', 'NotReadableError'].includes(nameOf(cause));
}

function unread({ name }: FileSystemHandle, cause: unknown): TransferError {
  return refusedBy({ call: 'read', path: name, exception: nameOf(cause) }, cause, 'source-unreadable');
}
