// Where a part lies, what it becomes, and what the disk under it is like.
import type { ManifestEntry } from '@p2p-copy/core';
import type { HeldParts } from './busy-files.ts';
import type { DiskRefusals } from './disk-refusals.ts';
import type { SharedFlush } from './shared-flush.ts';
import type { WritePace } from './write-pace.ts';

/** Paths are absolute; a part and its final file are in one folder. */
export interface PartPlace {
  partPath: string;
  finalPath: string;
  /** With the path under which it is saved. */
  entry: ManifestEntry;
  mayReplace: boolean;
  /** Whether every part is read back before it gets its name, not only one that something else changed. */
  readsBack: boolean;
  /** Syncing waits for nothing. Where a disk is mounted further down it does, and is done all the same. */
  isInMemory: boolean;
  /** Whether what is never written of a file takes no room, and making a file longer no time. */
  keepsHoles: boolean;
  /** Whether large pieces are written on this thread; of all files of the transfer. */
  pace: WritePace;
  /** What flushes it together with others, if it was opened to be written through; null for a flush of its own. */
  sharedFlush: SharedFlush | null;
  /** Counts modes, times and flushes that the disk refuses. */
  refusals: DiskRefusals;
  /** Parts of the transfer that couldn't be removed at once. */
  heldParts: HeldParts;
  /** Whether the part goes when the name turns out to be taken by an equal file. */
  leavesEqual: boolean;
  /** Another name to try when one is taken, maybe by another transfer a moment ago. */
  nextPath: () => string;
  /** The name that the file would have if it weren't taken; null when it has that. A file there may be equal. */
  twinPath: string | null;
  /** Throws when the folder is no longer inside the output folder. */
  checkContained(): void;
  /** It stands under that name, in the folder of its final path. */
  onSaved(name: string): void;
}
