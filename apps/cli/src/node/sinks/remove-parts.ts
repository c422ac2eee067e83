// Removes what a transfer that was stopped for good left of unfinished files.
import { lstatSync, realpathSync, unlinkSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { FolderSink } from '@p2p-copy/core';
import { errnoOf } from '../disk/disk-error.ts';
import { isSamePath } from '../disk/same-path.ts';

/** A sink whose parts can be removed. */
export interface PartsSink extends FolderSink {
  /** Removes the parts of this transfer that got no name. Once no file is open. Never throws. */
  removeParts(): RemovedParts;
}

/** What became of parts: how many were removed, and the paths of those that could not be. */
export interface RemovedParts {
  removed: number;
  left: string[];
}

/** @param parts on disk, below `root` */
export function removeParts(root: string, parts: Iterable<string>): RemovedParts {
  const left: string[] = [];
  let removed = 0;
  for (const path of parts) {
    try {
      // No link is followed out of the output folder.
      if (!isSamePath(realpathSync.native(dirname(path)), dirname(path)) || !lstatSync(path).isFile())
        continue;
      unlinkSync(path);
      removed += 1;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') left.push(relative(root, path));
    }
  }
  return { removed, left };
}
