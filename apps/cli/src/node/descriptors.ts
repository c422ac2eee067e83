// Opening files when a process, or the computer, has as many open as it may: what this process has open is closed again soon, so
// an open waits for that before it fails.
import { closeSync } from 'node:fs';
import { TransferError } from '@p2p-copy/core';
import { errnoOf } from './disk/disk-error.ts';
import { expectFree } from './disk/expect-free.ts';
import { nodeClock } from './time/clock.ts';

/** Others close files too, which nobody tells. */
const LOOK_EVERY_MS = 20;
/** How long an open waits. A receiver then pauses, and a sender leaves the file out. */
const PATIENCE_MS = 10_000;
/** Descriptors that a transfer needs at least besides those of its start: connections, zstd's thread, a file, a folder, a note. */
const LEAST_FREE = 12;
const LEAST_LIMIT = 64;

const waiting: (() => void)[] = [];

/**
 * Runs what opens something, again whenever a descriptor may have become free.
 * @throws Error that of `open`; EMFILE and ENFILE only after 10 s
 */
export async function withDescriptor<T>(open: () => T | Promise<T>): Promise<T> {
  let giveUpMs: number | null = null;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isOutOfDescriptors(error)) throw error;
      giveUpMs ??= nodeClock.nowMs() + PATIENCE_MS;
      if (nodeClock.nowMs() >= giveUpMs) throw error;
    }
    await freed();
  }
}

/** Closes a descriptor, and lets the next one that waits for it open. */
export function closeDescriptor(descriptor: number): void {
  try {
    closeSync(descriptor);
  } finally {
    waiting.shift()?.();
  }
}

/** Whether an error, or what caused it, says that no more files can be opened. */
export function isOutOfDescriptors(error: unknown): boolean {
  const errno = errnoOf(error instanceof TransferError ? error.cause : error);
  return errno === 'EMFILE' || errno === 'ENFILE';
}

/** Why a transfer can't begin with the descriptors that are left, as sentence and next step; null when it can. */
export function tooFewDescriptors(): { sentence: string; next: string } | null {
  try {
    expectFree(LEAST_FREE);
    return null;
  } catch (error) {
    if (!isOutOfDescriptors(error)) return null;
    return {
      sentence: 'This process may have too few files open for a transfer.',
      next: `Raise the limit to at least ${LEAST_LIMIT} (ulimit -n ${LEAST_LIMIT}), then run the same command again.`,
    };
  }
}

function freed(): Promise<void> {
  return new Promise((resolve) => {
    let isOver = false;
    const finish = () => {
      if (isOver) return;
      isOver = true;
      cancel();
      const place = waiting.indexOf(finish);
      if (place >= 0) waiting.splice(place, 1);
      resolve();
    };
    const cancel = nodeClock.after(LOOK_EVERY_MS, finish);
    waiting.push(finish);
  });
}
