import '../sessions/plain-runes.ts';
import { expect, test } from 'vitest';
import { TransferProgress } from '../../src/progress/transfer-progress.svelte.ts';

const TOTAL = 100e6;

function begun() {
  let ms = 0;
  const progress = new TransferProgress(1, TOTAL, { nowMs: () => ms });
  const at = (nowMs: number, bytes: number, keptBytes = 0) => {
    ms = nowMs;
    progress.update({ bytes, keptBytes, totalBytes: TOTAL, filesDone: 0 });
  };
  return { progress, at };
}

test('the rate is that of the last seconds', () => {
  const { progress, at } = begun();
  for (let second = 1; second <= 4; second++) at(second * 1000, second * 10e6);
  expect([progress.rate, progress.secondsLeft]).toEqual([10e6, 6]);
});

test('what lay there already is not fast', () => {
  const { progress, at } = begun();
  at(1000, 50e6, 49e6);
  expect([progress.rate, progress.secondsLeft]).toEqual([1e6, 50]);
});

test('a rest forgets the rate, not the chart', () => {
  const { progress, at } = begun();
  at(500, 5e6);
  progress.rest();
  expect([progress.rate, progress.rates]).toEqual([null, [10e6]]);
  at(2500, 6e6);
  expect(progress.rates).toEqual([10e6, 0, 0, 0, 2e6]);
});

test('the chart shows the whole of a long transfer in few points', () => {
  const { progress, at } = begun();
  for (let ms = 100; ms <= 3_600_000; ms += 100) at(ms, (ms / 3_600_000) * TOTAL);
  expect(progress.rates.length).toBeGreaterThan(50);
  expect(progress.rates.length).toBeLessThanOrEqual(120);
  for (const rate of progress.rates) expect(rate).toBeCloseTo(TOTAL / 3600, 0);
});
