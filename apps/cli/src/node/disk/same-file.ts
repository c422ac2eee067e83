// Whether two answers of the system are about one file.
import type { BigIntStats } from 'node:fs';

/** One file, whatever was written to it between the two: by its place on its disk. */
type Place = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs'>;

/**
 * Whether both are the same file. On Windows some versions of Node give one disk two numbers, by path and by descriptor: there inode,
 * size and time of modification have to be the same, so ask for both at one time.
 */
export function isSameFile(a: Place, b: Place): boolean {
  if (process.platform === 'win32') return a.ino === b.ino && hasSameContentState(a, b);
  return a.ino === b.ino && a.dev === b.dev;
}

/** Whether both are the same file with size and time of modification unchanged. */
export function isSameUnchanged(a: Place, b: Place): boolean {
  return isSameFile(a, b) && hasSameContentState(a, b);
}

function hasSameContentState(a: Place, b: Place): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs;
}
