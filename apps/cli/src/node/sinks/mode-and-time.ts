// What the manifest says of a file besides its content, set on the file that arrived.
import { fchmodSync, fstatSync, futimesSync } from 'node:fs';
import type { ManifestEntry } from '@p2p-copy/core';
import type { DiskRefusals } from './disk-refusals.ts';

/** What the disk doesn't take is only counted. */
export function setModeAndTime(
  descriptor: number,
  { executable, modifiedMs }: Pick<ManifestEntry, 'executable' | 'modifiedMs'>,
  refusals: DiskRefusals,
): void {
  if (executable && process.platform !== 'win32') {
    refusals.tolerate('mode', () => {
      // Whom the umask lets read it may run it.
      const mode = fstatSync(descriptor).mode & 0o777;
      fchmodSync(descriptor, mode | ((mode & 0o444) >> 2));
    });
  }
  if (modifiedMs !== null) {
    // Half a microsecond more: a time in seconds is a fraction, and would be cut to the millisecond below.
    const seconds = (modifiedMs + 0.0005) / 1000;
    refusals.tolerate('time', () => futimesSync(descriptor, seconds, seconds));
  }
}
