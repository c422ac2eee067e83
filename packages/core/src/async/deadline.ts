// Waiting for something, but not for ever.
import type { Clock } from '../foundation/clock.ts';

/** Resolves when `promise` does or after `deadlineMs`. Rejects as `promise` does. */
export async function withDeadline(
  promise: Promise<unknown>,
  deadlineMs: number,
  clock: Clock,
): Promise<void> {
  let stop = () => {};
  const timeout = new Promise<void>((resolve) => {
    stop = clock.after(deadlineMs, resolve);
  });
  try {
    await Promise.race([promise, timeout]);
  } finally {
    stop();
  }
}
