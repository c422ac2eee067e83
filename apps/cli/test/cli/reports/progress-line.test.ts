import { ProgressMeter } from '@p2p-copy/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { progressInWords, progressLine } from '../../../src/cli/reports/progress-line.ts';

const time = { ms: 0 };

function begun(): ProgressMeter {
  time.ms = 0;
  return new ProgressMeter({ nowMs: () => time.ms });
}

function update(meter: ProgressMeter, bytes: number, totalBytes: number | null, nowMs: number): void {
  time.ms = nowMs;
  meter.update({ bytes, keptBytes: 0, totalBytes });
}

function words(meter: ProgressMeter, nowMs: number): string {
  time.ms = nowMs;
  return progressInWords(meter);
}

function line(meter: ProgressMeter, columns: number, nowMs: number): string {
  time.ms = nowMs;
  return progressLine(meter, columns);
}

it('says how far, how fast and how long', () => {
  const meter = begun();
  for (let second = 1; second <= 4; second += 1)
    update(meter, second * 10_000_000, 100_000_000, second * 1000);
  expect(words(meter, 4000)).toBe('40%, 40.0 MB of 100.0 MB, 10.0 MB/s, 6 s left');
  expect(line(meter, 100, 4000)).toBe(
    '[############..................] 40%, 40.0 MB of 100.0 MB, 10.0 MB/s, 6 s left',
  );
});

it('forgets how fast it once was', () => {
  const meter = begun();
  for (let second = 1; second <= 10; second += 1) update(meter, second * 50_000_000, 1e9, second * 1000);
  for (let second = 11; second <= 20; second += 1)
    update(meter, 500_000_000 + (second - 10) * 1_000_000, 1e9, second * 1000);
  expect(words(meter, 20_000)).toContain('1.0 MB/s');
});

it('tells a stall from the wait for the next step', () => {
  const meter = begun();
  update(meter, 16_000_000, 64_000_000, 16_000);
  update(meter, 32_000_000, 64_000_000, 32_000);
  expect(words(meter, 32_000)).toBe('50%, 32.0 MB of 64.0 MB, 1.0 MB/s, 32 s left');
  // Slower and slower, but not yet still.
  expect(words(meter, 47_000)).toBe('50%, 32.0 MB of 64.0 MB, 516.1 kB/s, 1 min 02 s left');
  expect(words(meter, 62_000)).toBe('50%, 32.0 MB of 64.0 MB, stalled');
});

it('does not guess how long it takes before it has begun', () => {
  const meter = begun();
  expect(words(meter, 500)).toBe('0 bytes');
  update(meter, 3, 30_000_000, 1000);
  expect(words(meter, 1000)).toBe('0%, 3 bytes of 30.0 MB, 3 bytes/s');
});

it('has no end to tell while a stream runs', () => {
  const meter = begun();
  update(meter, 3_000_000, null, 1000);
  expect(meter.fraction).toBeNull();
  expect(words(meter, 1000)).toBe('3.0 MB, 3.0 MB/s');
  expect(line(meter, 80, 1000)).toBe('3.0 MB, 3.0 MB/s');
});

it.each([
  [0, 0, 1],
  [5, 5, 1],
  [0, 5, 0],
  [6, 5, 1],
])('%d of %d bytes are %d', (bytes, total, fraction) => {
  const meter = begun();
  update(meter, bytes, total, 10);
  expect(meter.fraction).toBe(fraction);
});

it('fits every terminal, whatever the numbers', () => {
  const step = fc.record({ bytes: fc.maxSafeNat(), total: fc.option(fc.maxSafeNat()), ms: fc.nat(100_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.integer({ min: 1, max: 300 }), (steps, columns) => {
      const meter = begun();
      let nowMs = 0;
      for (const { bytes, total, ms } of steps) {
        nowMs += ms;
        update(meter, bytes, total, nowMs);
      }
      const shown = line(meter, columns, nowMs);
      expect(shown.length).toBeLessThan(Math.max(columns, 1));
      expect(shown).not.toMatch(/NaN|Infinity|-\d/);
    }),
  );
});

it('does not count what was there already as fast', () => {
  const meter = begun();
  time.ms = 1000;
  meter.update({ bytes: 50_000_000, keptBytes: 49_000_000, totalBytes: 100_000_000 });
  expect(words(meter, 1000)).toBe('50%, 50.0 MB of 100.0 MB, 1.0 MB/s, 50 s left');
});
