// How long direct ways are left alone on which nothing gets through, on a clock that a test turns.
import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { DirectBar } from '../../src/lanes/direct-bar.ts';

let clock: FakeClock;
let bar: DirectBar;

beforeEach(() => {
  clock = new FakeClock();
  bar = new DirectBar(clock);
});

/** Lets the bar's time pass. How long it is. */
function passed(): number {
  const sinceMs = clock.nowMs();
  while (bar.isBarred) clock.advance(1_000);
  return clock.nowMs() - sinceMs;
}

it('a connection that carried nothing bars the next for 8 s, and then for twice as long each time, up to 8 min', () => {
  const rests = Array.from({ length: 9 }, () => {
    bar.noteLost(false);
    return passed();
  });
  expect(rests).toEqual([8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 480_000, 480_000, 480_000]);
});

it('one that carried something bars nothing, and what came before it is forgotten', () => {
  bar.noteLost(false);
  passed();
  bar.noteLost(true);
  expect(bar.isBarred).toBe(false);
  clock.advance(5_000);
  bar.noteLost(false);
  expect(passed()).toBe(8_000);
});

it('several lanes that lose theirs at once bar no longer than one', () => {
  for (let lane = 0; lane < 8; lane += 1) bar.noteLost(false);
  expect(passed()).toBe(8_000);
  bar.noteLost(false);
  expect(passed()).toBe(16_000);
});

it('one that had not carried anything yet when it was lost with one that had bars nothing, whichever is noticed first', () => {
  bar.noteLost(true);
  clock.advance(4_999);
  bar.noteLost(false);
  expect(bar.isBarred).toBe(false);
  clock.advance(1);
  bar.noteLost(false);
  expect(bar.isBarred).toBe(true);
  bar.noteLost(true);
  expect(bar.isBarred).toBe(false);
});
