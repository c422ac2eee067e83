// Files and folders behind handles, folders read to their ends, as items to send.
import { TransferError } from '@p2p-copy/core';
import type { PickedItem } from '../contract/messages.ts';

export async function* walkHandles(roots: readonly FileSystemHandle[]): AsyncGenerator<PickedItem> {
  for (const root of roots) yield* walk(root, root.name.normalize('NFC'));
}

async function* walk(handle: FileSystemHandle, path: string): AsyncGenerator<PickedItem> {
  if (handle.kind === 'file') {
    yield { kind: 'file', path, file: await readOr((handle as FileSystemFileHandle).getFile(), path) };
    return;
  }
  let isEmpty = true;
  const children = (handle as FileSystemDirectoryHandle).values();
  for (
    let next = await readOr(children.next(), path);
    !next.done;
    next = await readOr(children.next(), path)
  ) {
    isEmpty = false;
    yield* walk(next.value, `${path}/${next.value.name}`.normalize('NFC'));
  }
  // A folder with something in it comes into being with its files.
  if (isEmpty) yield { kind: 'folder', path };
}

async function readOr<T>(read: Promise<T>, path: string): Promise<T> {
  try {
    return await read;
  } catch (cause) {
    throw new TransferError('source-unreadable', `“${path}” cannot be read.`, { cause });
  }
}
