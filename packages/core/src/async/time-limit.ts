// Runs a task with a signal of its own, which is aborted with another one or when its time is over.

import type { Clock } from '../foundation/clock.ts';

/** What ends a task. */
export interface TimeLimit {
  clock: Clock;
  signal: AbortSignal;
  /** In ms. */
  limitMs: number;
}

/** What `task` resolves with, or rejects with. It goes by its signal: nothing else ends it. */
export async function withTimeLimit<T>(
  task: (until: AbortSignal) => Promise<T>,
  { clock, signal, limitMs }: TimeLimit,
): Promise<T> {
  const ending = new AbortController();
  const abort = () => ending.abort();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const cancel = clock.after(limitMs, abort);
  try {
    return await task(ending.signal);
  } finally {
    cancel();
    signal.removeEventListener('abort', abort);
  }
}
