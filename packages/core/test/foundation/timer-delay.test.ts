import { expect, it } from 'vitest';
import { afterDelay, MAX_TIMER_MS } from '../../src/foundation/timer-delay.ts';

/** A platform's timers, by hand. */
function timers() {
  const set: { ms: number; act: () => void; isCancelled: boolean }[] = [];
  const setTimer = (ms: number, act: () => void) => {
    const timer = { ms, act, isCancelled: false };
    set.push(timer);
    return () => {
      timer.isCancelled = true;
    };
  };
  return { set, setTimer };
}

it.each([
  [0, [0]],
  [1.5, [1.5]],
  [-1, [0]],
  [Number.NaN, [0]],
  [Number.NEGATIVE_INFINITY, [0]],
  [MAX_TIMER_MS, [MAX_TIMER_MS]],
  [MAX_TIMER_MS + 1, [MAX_TIMER_MS, 1]],
  [2 * MAX_TIMER_MS + 7, [MAX_TIMER_MS, MAX_TIMER_MS, 7]],
])('a delay of %d ms never asks a platform for one that fires at once by mistake', (delayMs, parts) => {
  const { set, setTimer } = timers();
  let fired = 0;
  afterDelay(delayMs, () => (fired += 1), setTimer);
  for (let i = 0; i < parts.length; i += 1) {
    expect(fired).toBe(0);
    set[i]!.act();
  }
  expect([fired, set.map(({ ms }) => ms)]).toEqual([1, parts]);
});

it('a delay for ever is waited for part by part, and never called back', () => {
  const { set, setTimer } = timers();
  afterDelay(Number.POSITIVE_INFINITY, () => expect.unreachable(), setTimer);
  for (let i = 0; i < 1_000; i += 1) set[i]!.act();
  expect(set.every(({ ms }) => ms === MAX_TIMER_MS)).toBe(true);
});

it('is cancelled in whichever part it is', () => {
  const { set, setTimer } = timers();
  const cancel = afterDelay(3 * MAX_TIMER_MS, () => expect.unreachable(), setTimer);
  set[0]!.act();
  cancel();
  expect(set.map(({ isCancelled }) => isCancelled)).toEqual([false, true]);
});
