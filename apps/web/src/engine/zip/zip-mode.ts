// Type and permission bits of an entry in a .zip. No more is said than the reviewer was shown, and the owner can read what is unpacked.
import type { ManifestEntry } from '@p2p-copy/core';

const FILE = 0o100000;
const FOLDER = 0o040000;
/** Where the sender says no modes, as a browser does. */
const PLAIN = 0o644;
const RUNS = 0o755;
const READ_AND_WRITE = 0o666;
const OWNER_READS = 0o400;
const OWNER_ALL = 0o700;

export function fileMode({ executable, mode }: Partial<Pick<ManifestEntry, 'executable' | 'mode'>>): number {
  return FILE | OWNER_READS | (executable ? (mode ?? RUNS) : (mode ?? PLAIN) & READ_AND_WRITE);
}

export function folderMode({ mode = RUNS }: Pick<ManifestEntry, 'mode'>): number {
  return FOLDER | OWNER_ALL | mode;
}
