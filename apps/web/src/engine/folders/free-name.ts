// A name in a folder that nothing has yet: what is there is never overwritten.
import { numberedPaths } from '@p2p-copy/core';
import { nameError, nameOf } from './disk-error.ts';

/**
 * `name`, or `stem (n).ext` with the first free n.
 * @throws TransferError `name-impossible`, `sink-failed`
 */
export async function freeName(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  const candidates = numberedPaths(name, 0);
  for (;;) {
    const { value: candidate } = candidates.next();
    if (!(await isTaken(folder, candidate))) return candidate;
  }
}

/** Whether an empty file stands there: nobody needs a second one. The engine compares only files with content. */
export async function isEmptyFile(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    return (await (await folder.getFileHandle(name)).getFile()).size === 0;
  } catch {
    return false;
  }
}

async function isTaken(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (cause) {
    if (nameOf(cause) === 'NotFoundError') return false;
    // A folder has the name.
    if (nameOf(cause) === 'TypeMismatchError') return true;
    throw nameError(cause, name);
  }
}
