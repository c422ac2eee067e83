// A device that slept notices it, by whichever of its clocks went on.
import { expect, it } from 'vitest';
import { noticeSleep } from '../../src/async/notice-sleep.ts';

/** Timers that a test runs by hand, and two clocks that it sets. */
function handClock() {
  const timers = new Set<{ delayMs: number; callback: () => void }>();
  const clock = {
    monotonicMs: 1_000,
    dateMs: 5_000_000,
    nowMs: () => clock.monotonicMs,
    wallMs: () => clock.dateMs,
    after(delayMs: number, callback: () => void) {
      const timer = { delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    /** The next timer comes, after these times by either clock. */
    fire(monotonicMs: number, dateMs = monotonicMs) {
      clock.monotonicMs += monotonicMs;
      clock.dateMs += dateMs;
      const [timer] = timers;
      timers.delete(timer!);
      timer!.callback();
    },
    get pending() {
      return timers.size;
    },
  };
  return clock;
}

it.each([
  ['on time', 5_000, 5_000, 0],
  ['a little late, as under load', 24_999, 24_999, 0],
  ['after a suspended process', 85_000, 85_000, 1],
  ['after a sleep in which the monotonic clock stood still', 5_000, 85_000, 1],
  ['after a clock that was set back', 5_000, -3_600_000, 0],
  ['25 s late to the millisecond', 25_000, 25_000, 1],
])('a timer that comes %s', (_when, monotonicMs, dateMs, slept) => {
  const clock = handClock();
  let noticed = 0;
  const stop = noticeSleep(clock, () => (noticed += 1));
  clock.fire(5_000);
  clock.fire(monotonicMs, dateMs);
  expect(noticed).toBe(slept);
  // It goes on looking, and a sleep is noticed once.
  clock.fire(5_000);
  expect(noticed).toBe(slept);
  stop();
  expect(clock.pending).toBe(0);
});
