// How much the disk of the output folder still takes.
import { lstat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { partName, TransferError } from '@p2p-copy/core';
import { sizeInWords } from '../wording/amounts.ts';

/** Bytes that this user may still write below an existing folder; null where the system doesn't say. */
export async function freeBytesIn(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Bytes in the parts that earlier attempts left of these files: they are continued, or make room. */
export async function bytesInParts(root: string, paths: Iterable<string>): Promise<number> {
  let sum = 0;
  for (const path of paths) {
    const stats = await lstat(join(root, dirname(path), partName(basename(path)))).catch(() => null);
    if (stats?.isFile()) sum += stats.size;
  }
  return sum;
}

/** Errors: `no-space`, which says how much is missing, to both sides. */
export function expectSpace(neededBytes: number, freeBytes: number | null): void {
  if (freeBytes === null || neededBytes <= freeBytes) return;
  const [needed, free, missing] = [neededBytes, freeBytes, neededBytes - freeBytes].map(sizeInWords);
  throw new TransferError(
    'no-space',
    `There is not enough space on the receiving device: ${needed} are needed, ${free} are free, ${missing} are missing.`,
  );
}
