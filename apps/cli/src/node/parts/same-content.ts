// Whether a file that was received is the one that stands there already: what is equal is left alone. Nobody but this side
// learns it.
import { type BigIntStats, constants, fstatSync, lstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { closeDescriptor, isOutOfDescriptors, withDescriptor } from '../descriptors.ts';

const PIECE_BYTES = 1024 * 1024;
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const readAsync = promisify(read);

/**
 * False when `otherPath` is no regular file of the same size, or can't be read.
 * @throws TransferError those of reading `path`
 */
export async function hasSameContent(path: string, otherPath: string): Promise<boolean> {
  const other = await openSameSize(otherPath, lstatSync(path, { bigint: true }));
  if (other === null) return false;
  try {
    const own = await withDescriptor(() => openSync(path, READ_FLAGS));
    try {
      return await areEqual(own, other);
    } finally {
      closeDescriptor(own);
    }
  } finally {
    closeDescriptor(other);
  }
}

/** @throws Error when no more files can be opened, which says nothing about this one */
async function openSameSize(path: string, { size }: BigIntStats): Promise<number | null> {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size !== size) return null;
  try {
    const descriptor = await withDescriptor(() => openSync(path, READ_FLAGS));
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeDescriptor(descriptor);
    return null;
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    return null;
  }
}

/** Reads all, whatever it finds: how long that takes must not tell the sender where the first difference is. */
async function areEqual(own: number, other: number): Promise<boolean> {
  const pieceBytes = Math.min(PIECE_BYTES, fstatSync(own).size + 1);
  const [a, b] = [Buffer.alloc(pieceBytes), Buffer.alloc(pieceBytes)];
  let isEqual = true;
  for (let offset = 0; ; ) {
    const [x, y] = [await filled(own, a, offset), await filled(other, b, offset).catch(() => -1)];
    if (y !== x || !a.subarray(0, x).equals(b.subarray(0, Math.max(y, 0)))) isEqual = false;
    if (x === 0) return isEqual;
    offset += x;
  }
}

async function filled(descriptor: number, into: Buffer, position: number): Promise<number> {
  for (let at = 0; at < into.length; ) {
    const { bytesRead } = await readAsync(descriptor, into, at, into.length - at, position + at);
    if (bytesRead === 0) return at;
    at += bytesRead;
  }
  return into.length;
}
