// Whether files below a folder lie in the machine's memory, as often in /tmp: then syncing one waits for nothing, and a call
// costs a twentieth of the way through libuv's threads.
import { statfsSync } from 'node:fs';

/** Of tmpfs and ramfs: `man 2 statfs`. */
const MAGIC_NUMBERS = [0x01021994, 0x858458f6];

export function liesInMemory(folder: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return MAGIC_NUMBERS.includes(statfsSync(folder).type);
  } catch {
    return false;
  }
}
