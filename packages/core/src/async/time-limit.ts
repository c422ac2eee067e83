// Runs a task with a signal of its own, which is aborted with another one, or a second one, or when its time is over.

import type { Clock } from '../foundation/clock.ts';

/** What ends a task. */
export interface TimeLimit {
  clock: Clock;
  signal: AbortSignal;
  /** Another one that ends it. */
  also?: AbortSignal;
  /** In ms. */
  limitMs: number;
}

/** What `task` resolves with, or rejects with. It goes by its signal: nothing else ends it. */
export async function withTimeLimit<T>(
  task: (until: AbortSignal) => Promise<T>,
  { clock, signal, also, limitMs }: TimeLimit,
): Promise<T> {
  const ending = new AbortController();
  const abort = () => ending.abort();
  const signals = also === undefined ? [signal] : [signal, also];
  for (const each of signals) each.addEventListener('abort', abort, { once: true });
  if (signals.some(({ aborted }) => aborted)) abort();
  const cancel = clock.after(limitMs, abort);
  try {
    return await task(ending.signal);
  } finally {
    cancel();
    for (const each of signals) each.removeEventListener('abort', abort);
  }
}
