// Notices that the device slept, or that the process was suspended: what it was connected to may have gone without a word.

import type { Clock } from '../foundation/clock.ts';

/** Time between two looks at the clocks. */
const LOOK_EVERY_MS = 5_000;
/** A timer that comes this much too late slept. */
const SLEPT_MS = 20_000;

/** Calls back each time that this end has slept for 20 s or longer, by either of its clocks; the result ends it. */
export function noticeSleep(clock: Clock, onSlept: () => void): () => void {
  const read = () => [clock.nowMs(), clock.wallMs?.() ?? 0];
  let before = read();
  let cancel = () => {};
  const look = () => {
    // First of all: it goes on whatever comes of it.
    cancel = clock.after(LOOK_EVERY_MS, look);
    const now = read();
    const hasSlept = now.some((ms, which) => ms - before[which]! >= LOOK_EVERY_MS + SLEPT_MS);
    before = now;
    if (hasSlept) onSlept();
  };
  cancel = clock.after(LOOK_EVERY_MS, look);
  return () => cancel();
}
