import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  grownAge,
  isAgeWorthNoting,
  MAX_AGED_BY_CLOCK_MS,
  type Moment,
  type ObservedAge,
  parseObservedAge,
} from '../../src/foundation/observed-age.ts';

const DAY = 24 * 60 * 60_000;
const NOW = Date.UTC(2026, 10, 27);

function looked(moments: readonly Moment[]): ObservedAge {
  return moments.reduce<ObservedAge | null>((before, now) => grownAge(before, now), null)!;
}

const at = (wallMs: number, id = 'boot', uptimeMs = 0): Moment => ({ wallMs, boot: { id, uptimeMs } });

it('a clock that anybody sets, however often and far, makes nothing older while the device runs', () => {
  const clocks = fc.array(fc.double({ min: -1e15, max: 1e15 }), { maxLength: 50 });
  fc.assert(
    fc.property(clocks, (wallMs) => {
      const { agedMs } = looked([at(NOW), ...wallMs.map((ms, i) => at(ms, 'boot', i))]);
      expect(agedMs).toBe(Math.max(0, wallMs.length - 1));
    }),
  );
});

it('the clock adds a day at most to what is looked at after another start', () => {
  const starts = fc.array(fc.double({ min: -1e15, max: 1e15, noNaN: false }), { maxLength: 6 });
  fc.assert(
    fc.property(starts, (wallMs) => {
      const { agedMs } = looked([at(NOW), ...wallMs.map((ms, i) => at(ms, `boot ${i}`))]);
      expect(agedMs).toBeLessThanOrEqual(wallMs.length * MAX_AGED_BY_CLOCK_MS);
      expect(agedMs).toBeGreaterThanOrEqual(0);
    }),
  );
});

it('a clock of 2035 for a moment costs one day at most, there and back', () => {
  const { agedMs } = looked([
    at(NOW),
    at(Date.UTC(2035), 'b'),
    at(NOW + 1, 'c'),
    at(0, 'd'),
    at(NOW + 2, 'e'),
  ]);
  expect(agedMs).toBeLessThanOrEqual(2 * DAY);
});

it('a device that runs for eight days has seen eight days, and one that is started each day as well', () => {
  expect(looked([at(NOW), at(NOW + 8 * DAY, 'boot', 8 * DAY)]).agedMs).toBe(8 * DAY);
  const days = Array.from({ length: 9 }, (_, i) => at(NOW + i * DAY, `boot ${i}`));
  expect(looked(days).agedMs).toBe(8 * DAY);
});

it('without a look at the device’s start the clock counts for a day at most', () => {
  expect(looked([at(NOW), { wallMs: NOW + 30 * DAY, boot: null }]).agedMs).toBe(DAY);
});

it('is noted at first, after an hour, and when the clock was set back', () => {
  const first = looked([at(NOW)]);
  expect(isAgeWorthNoting(null, first)).toBe(true);
  const isNoted = (wallMs: number, uptimeMs: number) =>
    isAgeWorthNoting(first, grownAge(first, at(wallMs, 'boot', uptimeMs)));
  expect([isNoted(NOW + 1, 1), isNoted(NOW, 3_600_000), isNoted(NOW - 1, 1)]).toEqual([false, true, true]);
});

it.each([
  null,
  {},
  [],
  'x',
  { agedMs: -1, wallMs: 0, boot: null },
  { agedMs: 1, wallMs: 'x', boot: null },
  { agedMs: 1, wallMs: 0, boot: { id: 1, uptimeMs: 0 } },
  { agedMs: Number.POSITIVE_INFINITY, wallMs: 0, boot: null },
])('of %j is none', (value) => expect(parseObservedAge(value)).toBeNull());

it('is read as it was noted', () => {
  for (const age of [looked([at(NOW)]), looked([{ wallMs: NOW, boot: null }])])
    expect(parseObservedAge(JSON.parse(JSON.stringify(age)))).toEqual(age);
});
