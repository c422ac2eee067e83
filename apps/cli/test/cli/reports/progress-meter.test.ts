import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ProgressMeter } from '../../../src/cli/reports/progress-meter.ts';

const update = (meter: ProgressMeter, bytes: number, totalBytes: number | null, nowMs: number) =>
  meter.update({ bytes, keptBytes: 0, totalBytes }, nowMs);

it('says how far, how fast and how long', () => {
  const meter = new ProgressMeter(0);
  for (let second = 1; second <= 4; second += 1)
    update(meter, second * 10_000_000, 100_000_000, second * 1000);
  expect(meter.words(4000)).toBe('40%, 40.0 MB of 100.0 MB, 10.0 MB/s, 6 s left');
  expect(meter.line(100, 4000)).toBe(
    '[############..................] 40%, 40.0 MB of 100.0 MB, 10.0 MB/s, 6 s left',
  );
});

it('forgets how fast it once was', () => {
  const meter = new ProgressMeter(0);
  for (let second = 1; second <= 10; second += 1) update(meter, second * 50_000_000, 1e9, second * 1000);
  for (let second = 11; second <= 20; second += 1)
    update(meter, 500_000_000 + (second - 10) * 1_000_000, 1e9, second * 1000);
  expect(meter.words(20_000)).toContain('1.0 MB/s');
});

it('tells a stall from the wait for the next step', () => {
  const meter = new ProgressMeter(0);
  update(meter, 16_000_000, 64_000_000, 16_000);
  update(meter, 32_000_000, 64_000_000, 32_000);
  expect(meter.words(32_000)).toBe('50%, 32.0 MB of 64.0 MB, 1.0 MB/s, 32 s left');
  // Slower and slower, but not yet still.
  expect(meter.words(47_000)).toBe('50%, 32.0 MB of 64.0 MB, 516.1 kB/s, 1 min 02 s left');
  expect(meter.words(62_000)).toBe('50%, 32.0 MB of 64.0 MB, stalled');
});

it('does not guess how long it takes before it has begun', () => {
  const meter = new ProgressMeter(0);
  expect(meter.words(500)).toBe('0 bytes');
  update(meter, 3, 30_000_000, 1000);
  expect(meter.words(1000)).toBe('0%, 3 bytes of 30.0 MB, 3 bytes/s');
});

it('has no end to tell while a stream runs', () => {
  const meter = new ProgressMeter(0);
  update(meter, 3_000_000, null, 1000);
  expect(meter.fraction).toBeNull();
  expect(meter.words(1000)).toBe('3.0 MB, 3.0 MB/s');
  expect(meter.line(80, 1000)).toBe('3.0 MB, 3.0 MB/s');
});

it.each([
  [0, 0, 1],
  [5, 5, 1],
  [0, 5, 0],
  [6, 5, 1],
])('%d of %d bytes are %d', (bytes, total, fraction) => {
  const meter = new ProgressMeter(0);
  update(meter, bytes, total, 10);
  expect(meter.fraction).toBe(fraction);
});

it('fits every terminal, whatever the numbers', () => {
  const step = fc.record({ bytes: fc.maxSafeNat(), total: fc.option(fc.maxSafeNat()), ms: fc.nat(100_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.integer({ min: 1, max: 300 }), (steps, columns) => {
      const meter = new ProgressMeter(0);
      let nowMs = 0;
      for (const { bytes, total, ms } of steps) {
        nowMs += ms;
        update(meter, bytes, total, nowMs);
      }
      const line = meter.line(columns, nowMs);
      expect(line.length).toBeLessThan(Math.max(columns, 1));
      expect(line).not.toMatch(/NaN|Infinity|-\d/);
    }),
  );
});

it('does not count what was there already as fast', () => {
  const meter = new ProgressMeter(0);
  meter.update({ bytes: 50_000_000, keptBytes: 49_000_000, totalBytes: 100_000_000 }, 1000);
  expect(meter.words(1000)).toBe('50%, 50.0 MB of 100.0 MB, 1.0 MB/s, 50 s left');
});
