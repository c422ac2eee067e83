// Files and folders behind handles, folders read to their ends, as items to send.
import type { PickedItem } from '../contract/messages.ts';
import { unreadable } from './unreadable.ts';

export async function* walkHandles(roots: readonly FileSystemHandle[]): AsyncGenerator<PickedItem> {
  for (const root of roots) yield* walk(root, root.name.normalize('NFC'));
}

async function* walk(handle: FileSystemHandle, path: string): AsyncGenerator<PickedItem> {
  if (handle.kind === 'file') {
    yield await fileItem(handle as FileSystemFileHandle, path);
    return;
  }
  let isEmpty = true;
  const children = (handle as FileSystemDirectoryHandle).values();
  for (;;) {
    let next: IteratorResult<FileSystemHandle>;
    try {
      next = await children.next();
    } catch (cause) {
      yield unreadable('folder', path, cause);
      return;
    }
    if (next.done) break;
    isEmpty = false;
    yield* walk(next.value, `${path}/${next.value.name}`.normalize('NFC'));
  }
  // A folder with something in it comes into being with its files.
  if (isEmpty) yield { kind: 'folder', path };
}

async function fileItem(handle: FileSystemFileHandle, path: string): Promise<PickedItem> {
  try {
    return { kind: 'file', path, file: await handle.getFile() };
  } catch (cause) {
    return unreadable('file', path, cause);
  }
}
