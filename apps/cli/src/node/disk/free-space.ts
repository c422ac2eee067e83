// How much the disk of the output folder still takes.
import type { Stats } from 'node:fs';
import { lstat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ManifestEntry, partName, TransferError } from '@p2p-copy/core';
import { sizeInWords } from '../../wording/amounts.ts';
import { looksSame } from './looks-same.ts';

/** Unit of `blocks`, whatever the disk’s own are. */
const BLOCK_BYTES = 512;

/** Bytes that this user may still write below an existing folder; null where the system doesn't say. */
export async function freeBytesIn(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/**
 * Bytes that needn't come: in parts of earlier attempts, and in files that look the same where the person consents to compare.
 * Of others the answer must not depend, since the sender hears it.
 */
export async function bytesInPlace(
  root: string,
  files: Iterable<ManifestEntry>,
  compared: ReadonlySet<number>,
  grainMs: number,
): Promise<number> {
  let sum = 0;
  for (const file of files) {
    const final = join(root, file.path);
    const part = await lstat(join(dirname(final), partName(basename(final)))).catch(() => null);
    const stats = await lstat(final).catch(() => null);
    if (compared.has(file.index) && stats !== null && looksSame(file, stats, grainMs)) sum += stats.size;
    else if (part?.isFile()) sum += writtenBytes(part);
  }
  return sum;
}

/** A new part is as long as its file from the first byte on: what wasn't written yet is a hole. */
function writtenBytes({ size, blocks }: Stats): number {
  return Math.min(size, blocks * BLOCK_BYTES);
}

/** @throws TransferError `no-space`, which says how much is missing, to both sides */
export function expectSpace(neededBytes: number, freeBytes: number | null): void {
  if (freeBytes === null || neededBytes <= freeBytes) return;
  const [needed, free, missing] = [neededBytes, freeBytes, neededBytes - freeBytes].map(sizeInWords);
  throw new TransferError(
    'no-space',
    `There is not enough space on the receiving device: ${needed} are needed, ${free} are free, ${missing} are missing.`,
  );
}
