// Where the files of a folder that is sent really lie. A folder in it may be exchanged for a link once it was looked at, by whoever
// may write there: what that leads to was never offered, and isn't read.
import { readlinkSync, realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';

/** A folder that a person named, which may be a link's name or lie behind one. */
export interface SentFolder {
  named: string;
  /** No link in it. */
  real: string;
}

/** Null where the system doesn't tell: then nothing is held to it. */
export async function sentFolder(named: string): Promise<SentFolder | null> {
  try {
    return { named, real: await realpath(named) };
  } catch {
    return null;
  }
}

/** Whether a folder below, or the folder itself, is where its path says. */
export async function isInPlace(folder: SentFolder, diskPath: string): Promise<boolean> {
  try {
    return isAt(folder, diskPath, await realpath(diskPath));
  } catch {
    // What is no longer there is told by whoever reads it.
    return true;
  }
}

/**
 * Of a file that was opened by its path below.
 * @throws TransferError `source-unreadable` for one elsewhere, `source-changed` for one that has lost its name meanwhile
 */
export function expectInPlace(
  folder: SentFolder,
  descriptor: number,
  { diskPath, path }: { diskPath: string; path: string },
): void {
  const place = placeOf(descriptor);
  if (place !== null && isAt(folder, diskPath, place)) return;
  expectFolderInPlace(folder, { diskPath, path });
  if (place !== null) throw new TransferError('source-changed');
}

/** @throws TransferError `source-unreadable` for a file whose folder is a link now */
export function expectFolderInPlace(
  folder: SentFolder,
  { diskPath, path }: { diskPath: string; path: string },
): void {
  let real: string;
  try {
    real = realpathSync.native(dirname(diskPath));
  } catch {
    return;
  }
  if (isAt(folder, dirname(diskPath), real)) return;
  throw new TransferError(
    'source-unreadable',
    `${quoted(path)} is not read: a folder that it lies in has been exchanged for a link since it was offered.`,
  );
}

/** The path of an open file, as Linux tells it, whatever is done to names meanwhile; null elsewhere. */
function placeOf(descriptor: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return null;
  }
}

function isAt({ named, real }: SentFolder, diskPath: string, place: string): boolean {
  const rest = diskPath.slice(named.length);
  if (isSame(place, real, rest)) return true;
  // What a person named is followed, wherever it leads now.
  try {
    return isSame(place, realpathSync.native(named), rest);
  } catch {
    return false;
  }
}

/** A disk that folds or normalizes names may tell another spelling. */
function isSame(place: string, folder: string, rest: string): boolean {
  const path = folder.endsWith(sep) && rest.startsWith(sep) ? folder + rest.slice(sep.length) : folder + rest;
  return place === path || place.normalize('NFC').toLowerCase() === path.normalize('NFC').toLowerCase();
}
