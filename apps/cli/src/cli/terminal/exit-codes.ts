// How the process ends: the numbers that scripts branch on.
import type { Side } from '@p2p-copy/core';
import type { TransferError } from '../../library/public-types.ts';

/** Which end this process is. */
export type { Side };

export const EXIT = {
  /** Done, and confirmed by the other side. */
  done: 0,
  /** `verify-site`: what was compared is not the same. `relay status`: no relay answers. `doctor`: something is to be mended. */
  differs: 1,
  /** The command was called in a way that can't work. */
  usage: 2,
  sendFailed: 3,
  receiveFailed: 4,
  interrupted: 130,
} as const;

/** A call that can't work, found before anything was done. `next` says how to call instead. */
export class UsageError extends Error {
  readonly next: string;

  constructor(sentence: string, next: string) {
    super(sentence);
    this.next = next;
  }
}

export function exitCodeOf({ code }: TransferError, side: Side): number {
  if (code === 'interrupted') return EXIT.interrupted;
  // Both say that what was typed is not something to try.
  if (code === 'bad-code' || code === 'nothing-to-send') return EXIT.usage;
  return side === 'send' ? EXIT.sendFailed : EXIT.receiveFailed;
}
