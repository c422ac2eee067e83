// What stands in an output folder, as far as a sink that writes there asks: names, real paths, folders that are none.
import { lstatSync, readdirSync, realpathSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { numberedPaths, partName, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { errnoOf, sinkError } from '../disk/disk-error.ts';

/** Names in a folder, in lower case; null when there is no such folder. */
export function listNames(folder: string, path: string): ReadonlySet<string> | null {
  try {
    return new Set(readdirSync(folder).map((name) => name.toLowerCase()));
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

/** Whether a folder stands there, and no link to one. */
export function isFolder(diskPath: string): boolean {
  return lstatSync(diskPath, { throwIfNoEntry: false })?.isDirectory() ?? false;
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

/** A free name like a part's, for what a folder replaces: it is kept until all is there. */
export function asideOf(diskPath: string): string {
  for (const candidate of numberedPaths(basename(diskPath), 1)) {
    const aside = join(dirname(diskPath), partName(candidate));
    if (lstatSync(aside, { throwIfNoEntry: false }) === undefined) return aside;
  }
  return diskPath;
}

/** What can't be removed stays: it is in nobody's way. */
export function removeAside(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}
