// Rate and time left, for every app.
import { describe, expect, it } from 'vitest';
import { ProgressMeter } from '../../src/flow/progress-meter.ts';
import { RateHistory } from '../../src/flow/rate-history.ts';

const TOTAL = 100_000_000;

function begun() {
  const time = { ms: 0 };
  const clock = { nowMs: () => time.ms };
  const meter = new ProgressMeter(clock);
  const at = (ms: number, bytes: number, keptBytes = 0, totalBytes: number | null = TOTAL) => {
    time.ms = ms;
    meter.update({ bytes, keptBytes, totalBytes });
  };
  return { time, clock, meter, at };
}

describe('a transfer', () => {
  it('is measured over its last five seconds, by the clock that is given', () => {
    const { meter, at } = begun();
    for (let second = 1; second <= 10; second += 1) at(second * 1000, second * 1_000_000);
    for (let second = 11; second <= 20; second += 1)
      at(second * 1000, 10_000_000 + (second - 10) * 2_000_000);
    expect(meter).toMatchObject({ bytesPerSecond: 2_000_000, secondsLeft: 35, fraction: 0.3 });
  });

  it('has no rate before time has passed, and none after a rest until it moves again', () => {
    const { time, meter, at } = begun();
    expect(meter.bytesPerSecond).toBeNull();
    at(1000, 10_000_000);
    expect(meter.bytesPerSecond).toBe(10_000_000);
    meter.rest();
    time.ms = 600_000;
    expect(meter).toMatchObject({ bytesPerSecond: null, secondsLeft: null });
    at(600_000, 11_000_000);
    expect(meter.bytesPerSecond).toBeNull();
    at(601_000, 12_000_000);
    expect(meter).toMatchObject({ bytesPerSecond: 1_000_000, secondsLeft: 88 });
  });

  it('counts as stalled 30 s after its last step, and never by what repeats', () => {
    const { time, meter, at } = begun();
    at(1000, 5_000_000);
    at(30_999, 5_000_000);
    expect(meter.isStalled).toBe(false);
    time.ms = 31_000;
    expect(meter.isStalled).toBe(true);
    at(31_000, 5_000_001);
    expect(meter.isStalled).toBe(false);
  });

  it('does not go back in time when confirmed bytes are void again', () => {
    const { meter, at } = begun();
    at(1000, 50_000_000);
    at(2000, 40_000_000);
    at(9000, 30_000_000);
    expect(meter).toMatchObject({ bytesPerSecond: 0, secondsLeft: null });
  });

  it.each([
    ['less than a hundredth is through', 999_999, TOTAL],
    ['nothing is left', TOTAL, TOTAL],
    ['the total is unknown', 50_000_000, null],
  ])('has no time left to tell while %s', (_when, bytes, totalBytes) => {
    const { meter, at } = begun();
    at(1000, bytes, 0, totalBytes);
    expect(meter.secondsLeft).toBeNull();
  });

  it('is not fast by what was there before', () => {
    const { meter, at } = begun();
    at(1000, 50_000_000, 49_000_000);
    expect(meter).toMatchObject({ bytesPerSecond: 1_000_000, secondsLeft: 50, fraction: 0.5 });
  });
});

describe('a history of rates', () => {
  it('has a point for each half second, and points of nothing for a standstill', () => {
    const { time, clock } = begun();
    const history = new RateHistory(clock);
    time.ms = 500;
    history.update(5_000_000);
    time.ms = 900;
    history.update(5_500_000);
    time.ms = 2500;
    history.update(6_000_000);
    expect(history.rates).toEqual([10_000_000, 0, 0, 0, 2_000_000]);
  });

  it('never has more than 120 points, and shows the whole of a day', () => {
    const { time, clock } = begun();
    const history = new RateHistory(clock);
    for (time.ms = 0; time.ms <= 86_400_000; time.ms += 500) history.update(time.ms);
    expect(history.rates.length).toBeGreaterThan(50);
    expect(history.rates.length).toBeLessThanOrEqual(120);
    for (const rate of history.rates) expect(rate).toBeCloseTo(1000, 0);
  });
});
