// Whether files below a folder lie in the machine's memory, as often in /tmp: then nothing waits for a disk, and a call
// costs a twentieth of the way through libuv's threads.
import { statfsSync } from 'node:fs';

/** Of tmpfs and ramfs: `man 2 statfs`. */
const MAGIC_NUMBERS = [0x01021994, 0x858458f6];
/** Of ext2 to ext4, XFS, Btrfs, F2FS, ZFS, bcachefs and overlayfs. */
const LOCAL_DISKS = [0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0xca451a4e, 0x794c7630];
const known = new Map<bigint, boolean>();

export function liesInMemory(folder: string): boolean {
  return MAGIC_NUMBERS.includes(fileSystemOf(folder));
}

/** Where a write goes to the system's cache: it waits for no network, and for no other program. */
export function placeOf(folder: string): { isInMemory: boolean; isLocal: boolean } {
  const magicNumber = fileSystemOf(folder);
  const isInMemory = MAGIC_NUMBERS.includes(magicNumber);
  return { isInMemory, isLocal: isInMemory || LOCAL_DISKS.includes(magicNumber) };
}

/** Its magic number; 0 where there is none. */
function fileSystemOf(folder: string): number {
  if (process.platform !== 'linux') return 0;
  try {
    return statfsSync(folder).type;
  } catch {
    return 0;
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
