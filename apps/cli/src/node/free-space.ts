// How much the disk of the output folder still takes.
import { statfs } from 'node:fs/promises';
import { TransferError } from '@p2p-copy/core';
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

/** Errors: `no-space`, which says how much is missing, to both sides. */
export function expectSpace(neededBytes: number, freeBytes: number | null): void {
  if (freeBytes === null || neededBytes <= freeBytes) return;
  const [needed, free, missing] = [neededBytes, freeBytes, neededBytes - freeBytes].map(sizeInWords);
  throw new TransferError(
    'no-space',
    `There is not enough space on the receiving device: ${needed} are needed, ${free} are free, ${missing} are missing.`,
  );
}
