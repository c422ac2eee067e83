// How a finished part gets its final name: never one that is taken, and never for a file that isn't the part.
import { closeSync, constants, linkSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { errnoOf } from '../disk/disk-error.ts';
import type { PartPlace } from './part-place.ts';

/** Errnos of `link` on disks without hard links: FAT and exFAT, some network and phone file systems. */
const NO_HARD_LINKS = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
  'EACCES',
  'EINVAL',
]);

/** What naming asks about the part. */
export interface NamedPart {
  /** Throws when something else stands under that path. */
  expectOwn(path: string): void;
  /** Whether the file there has the same content. */
  isAlready(path: string): Promise<boolean>;
}

/** Gives a finished part its name, or removes it where an equal file has that. */
export async function takeName(place: PartPlace, { expectOwn, isAlready }: NamedPart): Promise<void> {
  const { partPath, finalPath, mayReplace, leavesEqual, nextPath, twinPath, onSaved } = place;
  if (mayReplace) {
    renameSync(partPath, finalPath);
    undoUnless(expectOwn, finalPath, () => renameSync(finalPath, partPath));
    onSaved(basename(finalPath));
    return;
  }
  if (twinPath !== null && (await isAlready(twinPath))) return unlinkSync(partPath);
  let path = finalPath;
  while (!takeFreeName(partPath, path, expectOwn)) {
    if (leavesEqual && (await isAlready(path))) return unlinkSync(partPath);
    path = nextPath();
  }
  onSaved(basename(path));
}

/** False when the name is taken. A file that `expectOwn` throws about loses it again. */
function takeFreeName(partPath: string, path: string, expectOwn: (path: string) => void): boolean {
  try {
    // Unlike a rename, a link fails when the name is taken, even if that happened a moment ago.
    linkSync(partPath, path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    if (!NO_HARD_LINKS.has(errnoOf(error) ?? '')) throw error;
    try {
      renameToFreeName(partPath, path);
    } catch (renameError) {
      if (errnoOf(renameError) === 'EEXIST') return false;
      throw renameError;
    }
    undoUnless(expectOwn, path, () => renameSync(path, partPath));
    return true;
  }
  undoUnless(expectOwn, path, () => unlinkSync(path));
  unlinkSync(partPath);
  return true;
}

/** Calls `undo` and throws when `expectOwn` throws about `path`. */
function undoUnless(expectOwn: (path: string) => void, path: string, undo: () => void): void {
  try {
    expectOwn(path);
  } catch (error) {
    undo();
    throw error;
  }
}

/** Takes the name with an empty file, which fails when it is taken, then replaces that. */
export function renameToFreeName(partPath: string, finalPath: string): void {
  closeSync(openSync(finalPath, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY));
  try {
    renameSync(partPath, finalPath);
  } catch (error) {
    unlinkSync(finalPath);
    throw error;
  }
}
