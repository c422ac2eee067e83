// Whether a file's stated size can be believed. The kernel's own files (/proc, /sys) and some mounts state 0 or a page and
// give something else; such a file is offered with an unknown size, and read to its end.
import type { BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';
import { withDescriptor } from '../descriptors.ts';
import { openFlags } from './open-flags.ts';

export interface StatedSize {
  /** As they are after the probe: an empty file may just have been written to. */
  stats: BigIntStats;
  /** Null when what it states isn't where its content ends. */
  sizeBytes: number | null;
}

/**
 * Probes a regular file that occupies nothing on its disk; others are believed.
 * @throws the system's error
 */
export async function statedSize(diskPath: string, stats: BigIntStats): Promise<StatedSize> {
  const believed = { stats, sizeBytes: Number(stats.size) };
  if (stats.size > 0n && stats.blocks > 0n) return believed;
  const handle = await withDescriptor(() => open(diskPath, openFlags(true)));
  try {
    const lastByte = Math.max(0, Number(stats.size) - 1);
    const { bytesRead } = await handle.read(new Uint8Array(2), 0, 2, lastByte);
    if (bytesRead === Math.min(1, Number(stats.size))) return believed;
    const now = await handle.stat({ bigint: true });
    const isGrowing = now.size !== stats.size;
    return { stats: now, sizeBytes: isGrowing ? Number(now.size) : null };
  } finally {
    await handle.close();
  }
}
