// What is done to the bytes of an open part: read whole, left as a hole, told from what something else made of it.
import { type BigIntStats, fstatSync, ftruncateSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { isZero } from '@p2p-copy/core';

/** Less takes a block of the disk anyway. */
const SMALLEST_HOLE_BYTES = 64 * 1024;

const readAsync = promisify(read);

/** Fills `into` from an offset on; the number of bytes, fewer at the end of the file. @param run keeps the descriptor open meanwhile */
export async function readPart(
  descriptor: number,
  offset: number,
  into: Uint8Array,
  run: <T>(call: Promise<T>) => Promise<T>,
): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await run(
      readAsync(descriptor, into, filled, into.length - filled, offset + filled),
    );
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/**
 * Makes a part long enough for zeros under which nothing was ever written, so that they take no room. While no thread writes to it, since
 * one that makes it longer would be cut off. False for other bytes: those are to be written.
 */
export function leftAsHole(descriptor: number, offset: number, bytes: Uint8Array): boolean {
  if (bytes.length < SMALLEST_HOLE_BYTES || !isZero(bytes)) return false;
  const end = offset + bytes.length;
  if (fstatSync(descriptor).size < end) ftruncateSync(descriptor, end);
  return true;
}

/** Whether size and times are the same: the time of a change can't be set back. */
export function isSameState(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}
