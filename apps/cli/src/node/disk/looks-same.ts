// Whether a file that is there may be the one that is offered, by size and time alone: then it is compared before anyone
// is asked about it.
import type { Stats } from 'node:fs';
import type { ManifestEntry } from '@p2p-copy/core';

/** Disks keep times in units of their own; a millisecond is what an offer says. */
const TIME_TOLERANCE_MS = 1;
/** FAT keeps even seconds only: a time that is one stands for all within two seconds of it. */
const FAT_STEP_MS = 2000;

export function looksSame({ sizeBytes, modifiedMs }: ManifestEntry, existing: Stats): boolean {
  if (!existing.isFile() || sizeBytes !== existing.size) return false;
  // Two empty files have the same content, whatever their times.
  if (sizeBytes === 0) return true;
  if (modifiedMs === null) return false;
  const apartMs = Math.abs(existing.mtimeMs - modifiedMs);
  return apartMs <= (existing.mtimeMs % FAT_STEP_MS === 0 ? FAT_STEP_MS : TIME_TOLERANCE_MS);
}
