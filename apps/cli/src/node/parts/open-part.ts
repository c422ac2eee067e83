// Opens a new part, in place of what an earlier transfer left there.
import { constants, openSync, unlinkSync } from 'node:fs';
import { errnoOf } from '../disk/disk-error.ts';
import { PART_MODE } from './mode-and-time.ts';

// Never follows a link that stands where the part goes, and never opens what is already there.
const PART_FLAGS = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

/**
 * @param moreFlags of `open`
 * @throws Error that of the disk
 */
export function openPart(partPath: string, moreFlags = 0): number {
  const flags = PART_FLAGS | moreFlags;
  try {
    return openSync(partPath, flags, PART_MODE);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    // A leftover of an earlier transfer. Who still writes to it notices when it commits.
    unlinkSync(partPath);
    return openSync(partPath, flags, PART_MODE);
  }
}
