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

/** Whether a file of that size, null where it isn't known, is large enough for a hole. */
export function mayHoldHole(sizeBytes: number | null): boolean {
  return sizeBytes === null || sizeBytes >= SMALLEST_HOLE_BYTES;
}

/** Where something was ever written to a new part: one bit for each piece of it. Elsewhere zeros can be left as a hole. */
export class WrittenPieces {
  #bits = new Uint8Array(8);

  note(offset: number, end: number): void {
    const last = Math.floor((end - 1) / SMALLEST_HOLE_BYTES);
    if (last >> 3 >= this.#bits.length) {
      const grown = new Uint8Array(Math.max((last >> 3) + 1, 2 * this.#bits.length));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    for (let piece = Math.floor(offset / SMALLEST_HOLE_BYTES); piece <= last; piece += 1)
      this.#bits[piece >> 3]! |= 1 << (piece & 7);
  }

  has(offset: number, end: number): boolean {
    for (let piece = Math.floor(offset / SMALLEST_HOLE_BYTES); piece * SMALLEST_HOLE_BYTES < end; piece += 1)
      if (((this.#bits[piece >> 3] ?? 0) & (1 << (piece & 7))) !== 0) return true;
    return false;
  }
}

/**
 * Makes a part long enough for zeros under which nothing was ever written, so that they take no room. While no thread writes to it, since
 * one that makes it longer would be cut off. False for other bytes: those are to be written.
 */
export function leftAsHole(
  descriptor: number,
  offset: number,
  bytes: Uint8Array,
  written: WrittenPieces,
): boolean {
  const end = offset + bytes.length;
  if (bytes.length < SMALLEST_HOLE_BYTES || !isZero(bytes) || written.has(offset, end)) return false;
  if (fstatSync(descriptor).size < end) ftruncateSync(descriptor, end);
  return true;
}

/** Whether size and times are the same: the time of a change can't be set back. */
export function isSameState(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}
