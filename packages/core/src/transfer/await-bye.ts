// How long a receiver that has everything waits for its sender to say so too.
import type { Clock } from '../foundation/clock.ts';

/** How long the sender may take, and how many times as long while it can't be reached. */
const DEADLINE_MS = 10_000;
const DEADLINES = 6;

/** Calls back when the wait is over; the result cancels. */
export function awaitBye(clock: Clock, isConnected: () => boolean, giveUp: () => void): () => void {
  let left = DEADLINES;
  let cancel = clock.after(DEADLINE_MS, check);
  function check(): void {
    left -= 1;
    if (left === 0 || isConnected()) giveUp();
    else cancel = clock.after(DEADLINE_MS, check);
  }
  return () => cancel();
}
