// What the process uses of its system. To look takes a descriptor, of which there may be none: null then.
import { readdir } from 'node:fs/promises';

export function memoryOfProcess(): NodeJS.MemoryUsage | null {
  try {
    return process.memoryUsage();
  } catch {
    return null;
  }
}

export async function openDescriptors(): Promise<number | null> {
  try {
    return (await readdir('/proc/self/fd')).length;
  } catch {
    return null;
  }
}
