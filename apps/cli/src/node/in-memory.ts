// Whether files below a folder lie in the machine's memory, as often in /tmp: then nothing waits for a disk, and a call
// costs a twentieth of the way through libuv's threads.
import { statfsSync } from 'node:fs';

/** Of tmpfs and ramfs: `man 2 statfs`. */
const MAGIC_NUMBERS = [0x01021994, 0x858458f6];
const known = new Map<bigint, boolean>();

export function liesInMemory(folder: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return MAGIC_NUMBERS.includes(statfsSync(folder).type);
  } catch {
    return false;
  }
}

/** The same for something on that device, which is asked once. */
export function deviceLiesInMemory(device: bigint, path: string): boolean {
  let isInMemory = known.get(device);
  if (isInMemory === undefined) {
    isInMemory = liesInMemory(path);
    known.set(device, isInMemory);
  }
  return isInMemory;
}
