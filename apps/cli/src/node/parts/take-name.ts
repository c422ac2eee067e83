// How a finished part gets its final name: never one that is taken, and never for a file that isn't the part.
import { closeSync, constants, linkSync, lstatSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { errnoOf } from '../disk/disk-error.ts';
import { whileHeld } from './busy-files.ts';
import type { PartPlace } from './part-place.ts';

const OWNER_WRITES = 0o200;

/** What naming asks about the part. */
export interface NamedPart {
  /** Throws when something else stands under that path. */
  expectOwn(path: string): void;
  /** Whether the file there has the same content. */
  isAlready(path: string): Promise<boolean>;
}

/**
 * Gives a finished part its name, or removes it where an equal file has that.
 * @throws Error that of the disk; TransferError `sink-failed` where what is to be replaced is read-only
 */
export async function takeName(place: PartPlace, { expectOwn, isAlready }: NamedPart): Promise<void> {
  const { partPath, finalPath, mayReplace, leavesEqual, nextPath, twinPath, heldParts, onSaved } = place;
  if (mayReplace) {
    expectReplaceable(place);
    await whileHeld(() => renameSync(partPath, finalPath));
    undoUnless(expectOwn, finalPath, () => renameSync(finalPath, partPath));
    onSaved(basename(finalPath));
    return;
  }
  if (twinPath !== null && (await isAlready(twinPath))) return heldParts.remove(partPath);
  let path = finalPath;
  while (!(await takeFreeName(place, path, expectOwn))) {
    if (leavesEqual && (await isAlready(path))) return heldParts.remove(partPath);
    path = nextPath();
  }
  onSaved(basename(path));
}

/** Elsewhere a file's own mode says nothing of its name; Windows never replaces one that is read-only, however long it is waited for. */
function expectReplaceable({ finalPath, entry }: PartPlace): void {
  if (process.platform !== 'win32') return;
  const there = lstatSync(finalPath, { throwIfNoEntry: false });
  if (there === undefined || (there.mode & OWNER_WRITES) !== 0) return;
  throw new TransferError(
    'sink-failed',
    `${quoted(entry.path)} was not replaced: the file there is read-only.`,
  );
}

/** False when the name is taken. A file that `expectOwn` throws about loses it again. */
async function takeFreeName(
  { partPath, heldParts }: PartPlace,
  path: string,
  expectOwn: (path: string) => void,
): Promise<boolean> {
  try {
    // Unlike a rename, a link fails when the name is taken, even if that happened a moment ago.
    linkSync(partPath, path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST') return false;
    // The part is gone. Anything else may be how a disk without hard links says so, in as many ways as there are disks.
    if (errno === null || errno === 'ENOENT') throw error;
    try {
      await renameToFreeName(partPath, path);
    } catch (renameError) {
      if (errnoOf(renameError) === 'EEXIST') return false;
      throw renameError;
    }
    undoUnless(expectOwn, path, () => renameSync(path, partPath));
    return true;
  }
  undoUnless(expectOwn, path, () => unlinkSync(path));
  heldParts.remove(partPath);
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
export async function renameToFreeName(partPath: string, finalPath: string): Promise<void> {
  closeSync(openSync(finalPath, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY));
  try {
    await whileHeld(() => renameSync(partPath, finalPath));
  } catch (error) {
    await whileHeld(() => unlinkSync(finalPath)).catch(() => {});
    throw error;
  }
}
