// Date and permissions of a file in a .zip. Its format holds years from 1980 to 2107, and the packer writes another one of those where it is
// given any other.
import type { ManifestEntry } from '@p2p-copy/core';

const EARLIEST_MS = new Date(1980, 0, 1).getTime();
const LATEST_MS = new Date(2107, 11, 31, 23, 59, 58).getTime();
const RUNS = 0o755;
const READ_AND_WRITE = 0o666;

/** What a .zip says of a file besides its content. */
export interface ZipSettings {
  /** The nearest time that a .zip can hold; now where none is known. */
  lastModified: Date;
  /** Permission bits; absent for the packer's own. */
  mode?: number;
}

export function zipSettings({
  modifiedMs,
  executable = false,
  mode,
}: Pick<ManifestEntry, 'modifiedMs'> & Partial<Pick<ManifestEntry, 'executable' | 'mode'>>): ZipSettings {
  const lastModified = new Date(Math.min(Math.max(modifiedMs ?? Date.now(), EARLIEST_MS), LATEST_MS));
  if (executable) return { lastModified, mode: mode ?? RUNS };
  return { lastModified, ...(mode !== undefined && { mode: mode & READ_AND_WRITE }) };
}
