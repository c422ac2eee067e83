// Whether a file that is there may be the one that is offered, by size and time alone: then it is compared before anyone
// is asked about it. Times are compared with the grain of the disk that keeps them: FAT has 2 s, HFS+ 1 s, exFAT 10 ms.
import type { Stats } from 'node:fs';
import type { ManifestEntry } from '@p2p-copy/core';

/** Grains of the disks that there are. The finest is what an offer says. */
const GRAINS_MS = [1, 10, 1_000, 2_000];

/** Set on a file to learn the grain of its disk: an odd second, and a fraction that no coarser grain keeps. */
export const PROBED_MS = 1_500_000_001_137;

/** The grain of a disk that made `keptMs` of `PROBED_MS`: cut or rounded. */
export function grainOf(keptMs: number): number {
  const apartMs = Math.abs(keptMs - PROBED_MS);
  return GRAINS_MS.find((grainMs) => apartMs < grainMs) ?? 1;
}

/** @param grainMs of the disk that holds `existing` */
export function looksSame(
  { sizeBytes, modifiedMs }: ManifestEntry,
  existing: Stats,
  grainMs: number,
): boolean {
  if (!existing.isFile() || sizeBytes !== existing.size) return false;
  // Two empty files have the same content, whatever their times.
  if (sizeBytes === 0) return true;
  if (modifiedMs === null) return false;
  return Math.abs(existing.mtimeMs - modifiedMs) <= grainMs;
}
