// What stands in an output folder, as far as a sink that writes there asks: names, real paths, folders that are none.
import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { errnoOf, sinkError } from '../disk/disk-error.ts';

/** Names in a folder, composed (NFC) as those of an offer are, and in lower case; null when there is no such folder. */
export function listNames(folder: string, path: string): ReadonlySet<string> | null {
  try {
    return new Set(readdirSync(folder).map((name) => name.normalize('NFC').toLowerCase()));
  } catch (error) {
    // A file, or nothing at all, where a folder will be.
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null;
    throw sinkError(error, path);
  }
}

export function realPathOf(diskPath: string, path: string): string {
  try {
    return realpathSync.native(diskPath);
  } catch (error) {
    throw sinkError(error, path);
  }
}

/** Whether what stands there may be replaced by a folder: neither one itself, nor a link, which somebody may have put there since it was decided. */
export function mayGiveWay(diskPath: string): boolean {
  const stats = lstatSync(diskPath, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isDirectory() && !stats.isSymbolicLink();
}

/** `diskPath` exists. */
export function expectFolder(diskPath: string, path: string): void {
  const stats = lstatSync(diskPath, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) throw linkRefused(path);
  if (stats?.isDirectory()) return;
  throw new TransferError(
    'path-refused',
    `${quoted(path)} is needed as a folder, but a file is already there.`,
  );
}

export function linkRefused(path: string): TransferError {
  return new TransferError(
    'path-refused',
    `${quoted(path)} in the output folder is a symbolic link; nothing is written through it.`,
  );
}
