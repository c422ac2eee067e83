// What the manifest says of a file or folder besides its content, set on what arrived: never more than the umask allows, never what
// the reviewer wasn't shown, and for a file in another one's place never more than that one had.
import { fchmodSync, futimesSync } from 'node:fs';
import type { ManifestEntry } from '@p2p-copy/core';
import type { DiskRefusals } from './disk-refusals.ts';

/** Of a part, until it gets its name: nobody else reads what isn't complete. */
export const PART_MODE = 0o600;

/** FAT keeps even seconds, and rounds. */
const COARSEST_CLOCK_MS = 2_000;
const READ_AND_WRITE = 0o666;
const READ = 0o444;
const OWNER_READS = 0o400;
const OWNER_ALL = 0o700;
/** Where the sender says no modes, as a browser does. */
const ANY_MODE = 0o777;

/** The mode that a file gets. @param replaced mode of what has its name until then */
export function fileMode(
  { executable, mode = ANY_MODE }: Pick<ManifestEntry, 'executable' | 'mode'>,
  replaced: number = ANY_MODE,
  umask = process.umask(),
): number {
  const allowed = READ_AND_WRITE & ~umask;
  const readable = (mode & replaced & allowed) | (OWNER_READS & allowed);
  // Who may read it may run it, if the sender's file says so too.
  return executable ? readable | (((readable & READ) >> 2) & mode) : readable;
}

/** The mode that a folder is made with, before the umask. This user can always work in it. */
export function folderMode(mode: number = ANY_MODE): number {
  return (mode & ANY_MODE) | OWNER_ALL;
}

/** @param mode that it has now, and that it gets. What the disk doesn't take is only counted */
export function setMode(
  descriptor: number,
  { now, then }: { now: number; then: number },
  refusals: DiskRefusals,
): void {
  if (process.platform === 'win32' || (now & ANY_MODE) === then) return;
  refusals.tolerate('mode', () => fchmodSync(descriptor, then));
}

/** What the disk doesn't take, or takes as another time, is only counted. */
export function setTime(descriptor: number, modifiedMs: number | null, refusals: DiskRefusals): void {
  if (modifiedMs === null) return;
  // Half a microsecond more: a time in seconds is a fraction, and would be cut to the millisecond below.
  const seconds = modifiedMs % 1000 === 0 ? modifiedMs / 1000 : (modifiedMs + 0.0005) / 1000;
  // Of a number below 0, before 1970, Node makes the present; of its digits it doesn't.
  const time = seconds < 0 ? String(seconds) : seconds;
  refusals.tolerate('time', () => futimesSync(descriptor, time, time));
}

/** Counts a time that the disk cut to the nearest that it can hold. @param setMs as the disk says it now */
export function noteClampedTime(setMs: number, modifiedMs: number | null, refusals: DiskRefusals): void {
  if (modifiedMs !== null && Math.abs(setMs - modifiedMs) > COARSEST_CLOCK_MS) refusals.note('time');
}
