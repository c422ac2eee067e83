// Why something on this disk can't be sent: from what the system says, and from the bytes of its name.
import { isUtf8 } from 'node:buffer';
import type { UnsendableReason } from '@p2p-copy/core';
import { errnoOf } from '../disk/disk-error.ts';
import { OF_THIS_PROCESS } from '../disk/errno-reasons.ts';

const REASONS: Record<string, UnsendableReason> = {
  EACCES: 'no-permission',
  EPERM: 'no-permission',
  ENAMETOOLONG: 'too-long',
};
const LONGEST_SEQUENCE = 4;

/** Null for an error that isn't about this one file, and ends the scan. */
export function reasonOf(error: unknown): UnsendableReason | null {
  const errno = errnoOf(error);
  if (errno === null || OF_THIS_PROCESS.has(errno)) return null;
  return REASONS[errno] ?? 'unreadable';
}

/** A name for people: bytes that aren't UTF-8 as `\xHH`. */
export function escapedName(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    let length = Math.min(LONGEST_SEQUENCE, bytes.length - at);
    while (length > 0 && !isOneCharacter(bytes.subarray(at, at + length))) length -= 1;
    text +=
      length === 0 ? `\\x${bytes.toString('hex', at, at + 1)}` : bytes.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return text;
}

function isOneCharacter(bytes: Buffer): boolean {
  return isUtf8(bytes) && [...bytes.toString('utf8')].length === 1;
}
