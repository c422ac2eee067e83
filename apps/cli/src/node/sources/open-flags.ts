// How a path that is sent is opened.
import { constants } from 'node:fs';

/**
 * For reading, without waiting. A pipe that nobody writes to, also one that has taken a file's place since it was looked at, would hold
 * one of the few threads that read files, and the end of the process.
 */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** @param follows whether the path may be a symbolic link's */
export function openFlags(follows: boolean): number {
  return follows ? OPEN_FLAGS : OPEN_FLAGS | (constants.O_NOFOLLOW ?? 0);
}
