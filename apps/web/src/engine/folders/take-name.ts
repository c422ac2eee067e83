// How a finished part gets its final name in a picked folder: never one that is taken, whoever else receives into the folder. The tabs
// of this page take names one after the other; what other programs create meanwhile is looked for again.
import { TransferError } from '@p2p-copy/core';
import { freeName, isEmptyFile } from './free-name.ts';

/** A Web Lock, held by one tab while it looks for a free name and takes it. */
const LOCK = 'p2p-copy-final-name';
/** Renames that other programs forestall, between the look and the rename, before the part is copied instead. */
export const MAX_ATTEMPTS = 10;

/** A part that is whole, as it was checked. */
interface WholePart {
  folder: FileSystemDirectoryHandle;
  part: FileSystemFileHandle;
  file: File;
}

/**
 * Gives the part `name`, or the next free one. An empty file needs no second one beside it.
 * @throws TransferError `part-changed`
 * @throws DOMException the browser's
 */
export async function takeName(whole: WholePart, name: string): Promise<void> {
  const { folder, part, file } = whole;
  const taken = await navigator.locks.request(LOCK, async () => {
    if (file.size === 0 && (await isEmptyFile(folder, name))) return 'needless';
    return (await rename(whole, name)) ? 'renamed' : reserve(folder, name);
  });
  if (taken === 'renamed') return;
  if (taken !== 'needless') await fill(whole, taken);
  await folder.removeEntry(part.name);
}

/** False where the browser can't rename outside its own storage. */
async function rename({ folder, part, file }: WholePart, name: string): Promise<boolean> {
  if (part.move === undefined) return false;
  for (let attempt = 1; ; attempt += 1) {
    const now = await part.getFile();
    if (now.size !== file.size || now.lastModified !== file.lastModified)
      throw new TransferError('part-changed');
    const free = await freeName(folder, name);
    try {
      await part.move(free);
      return true;
    } catch {
      // Another program has taken it meanwhile, or it is the folder that fails: the copy shows which.
      if (attempt === MAX_ATTEMPTS || (await freeName(folder, name)) === free) return false;
    }
  }
}

/** A new, empty file under a free name, which nobody else takes then. */
async function reserve(folder: FileSystemDirectoryHandle, name: string): Promise<FileSystemFileHandle> {
  for (;;) {
    const final = await folder.getFileHandle(await freeName(folder, name), { create: true });
    // Another program may have made it a moment ago, with content.
    if ((await final.getFile()).size === 0) return final;
  }
}

/** The writer shows the copy under its final name only when it is whole. A file that changed since it was checked can't be read. */
async function fill({ folder, file }: WholePart, final: FileSystemFileHandle): Promise<void> {
  try {
    await file.stream().pipeTo(await final.createWritable());
  } catch (cause) {
    await folder.removeEntry(final.name);
    throw cause;
  }
}
