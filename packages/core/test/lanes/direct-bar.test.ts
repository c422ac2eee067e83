// How long direct ways rest after they carried nothing, on a clock that a test turns.
import { expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { DirectBar } from '../../src/lanes/direct-bar.ts';

it('direct ways that carry nothing rest for 10 s, and for twice as long each time, up to 10 min', () => {
  const clock = new FakeClock();
  const bar = new DirectBar(clock);
  for (const seconds of [10, 20, 40, 80, 160, 320, 600, 600]) {
    expect(bar.isBarred).toBe(false);
    bar.noteLost(false);
    clock.advance(seconds * 1_000 - 1);
    expect(bar.isBarred).toBe(true);
    clock.advance(1);
  }
  bar.noteLost(true);
  expect(bar.isBarred).toBe(false);
  bar.noteLost(false);
  clock.advance(10_000);
  expect(bar.isBarred).toBe(false);
});

it('lanes that are lost together make them rest once', () => {
  const clock = new FakeClock();
  const bar = new DirectBar(clock);
  for (let lane = 0; lane < 8; lane += 1) bar.noteLost(false);
  clock.advance(10_000);
  expect(bar.isBarred).toBe(false);
  bar.noteLost(false);
  clock.advance(19_999);
  expect(bar.isBarred).toBe(true);
});
