// A name in a folder that nothing has yet: what is there is never overwritten.
import { nameError, nameOf } from './disk-error.ts';

const MAX_NAME_BYTES = 255;

/** `name`, or `stem (n).ext` with the first free n. Errors: `name-impossible`, `sink-failed`. */
export async function freeName(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  for (let n = 0; ; n++) {
    const candidate = numberedName(name, n);
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

/** The nth name to try: for 0 the name itself. */
export function numberedName(name: string, n: number): string {
  if (n === 0) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  const end = ` (${n})${extension}`;
  let stem = dot > 0 ? name.slice(0, dot) : name;
  while (stem !== '' && byteLength(stem + end) > MAX_NAME_BYTES) stem = [...stem].slice(0, -1).join('');
  return stem + end;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
