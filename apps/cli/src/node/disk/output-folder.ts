// The output folder before anything is written: said to be unusable while the code is still unused.
import { mkdir, mkdtemp, realpath, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { errnoOf, sinkError } from './disk-error.ts';

/**
 * @throws TransferError `sink-failed` when `out`, or the folder it is to be made in, can't be written or isn't a
 * folder
 */
export async function expectWritableFolder(out: string): Promise<void> {
  const folder = await nearestFolder(out);
  try {
    // Bits of permission say too little, or too much: of a list of rights, of a share, of Windows' read-only folders.
    await rmdir(await mkdtemp(join(folder, '.p2p-copy-')));
  } catch (error) {
    throw sinkError(error, out);
  }
}

/**
 * `out`, or the nearest folder above it that exists.
 * @throws TransferError `sink-failed` when something else stands there
 */
export async function nearestFolder(out: string): Promise<string> {
  const path = resolve(out);
  try {
    if ((await stat(path)).isDirectory()) return path;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw sinkError(error, out);
    return nearestFolder(dirname(path));
  }
  throw new TransferError('sink-failed', `${quoted(out)} is not a folder.`);
}

/**
 * Makes an output folder that is missing; its real path.
 * @throws TransferError `sink-failed`, `no-space`
 */
export async function madeFolder(out: string): Promise<string> {
  try {
    await mkdir(out, { recursive: true });
    return await realpath(out);
  } catch (error) {
    throw sinkError(error, out);
  }
}
