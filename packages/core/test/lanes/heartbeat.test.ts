// The heartbeats of a lane by the kind of its connection, on a clock that a test turns.
import { expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { startHeartbeat } from '../../src/lanes/heartbeat.ts';
import type { PathKind } from '../../src/ports/path.ts';

function start(kind: PathKind) {
  const clock = new FakeClock();
  const seen = {
    beats: 0,
    drops: 0,
    arrivals: { count: 5, isWaiting: true } as { count: number; isWaiting: boolean } | null,
  };
  const stop = startHeartbeat(kind, {
    clock,
    arrivals: () => seen.arrivals,
    beat: () => {
      seen.beats += 1;
    },
    drop: () => {
      seen.drops += 1;
    },
  });
  return { clock, seen, stop };
}

const KINDS = [
  ['tcp', 750, 4],
  ['relay', 5_000, 4],
] as const;

it.each(KINDS)(
  'over %s an end says something every %i ms, whether or not it hears something',
  (kind, everyMs) => {
    const { clock, seen, stop } = start(kind);
    for (let beat = 1; beat <= 10; beat += 1) {
      clock.advance(everyMs - 1);
      expect(seen.beats).toBe(beat - 1);
      clock.advance(1);
      expect(seen.beats).toBe(beat);
      seen.arrivals = { count: beat, isWaiting: true };
    }
    stop();
    clock.advance(10 * everyMs);
    expect([seen.beats, seen.drops, clock.pending]).toEqual([10, 0, 0]);
  },
);

it.each(KINDS)(
  'over %s, with a beat each %i ms, a connection is dropped after %i without a word, and not before',
  (kind, everyMs, missed) => {
    const { clock, seen } = start(kind);
    clock.advance(everyMs);
    clock.advance(missed * everyMs - 1);
    expect(seen.drops).toBe(0);
    clock.advance(1);
    expect(seen.drops).toBe(1);
  },
);

it.each(KINDS)('over %s one word in time is enough', (kind, everyMs, missed) => {
  const { clock, seen } = start(kind);
  for (let i = 0; i < 20; i += 1) {
    clock.advance(missed * everyMs);
    seen.arrivals = { count: 100 + i, isWaiting: true };
  }
  expect(seen.drops).toBe(0);
});

it.each(KINDS)(
  'over %s an end that doesn’t wait for anything, or has no connection, drops none',
  (kind, everyMs) => {
    for (const arrivals of [{ count: 5, isWaiting: false }, null]) {
      const { clock, seen } = start(kind);
      seen.arrivals = arrivals;
      clock.advance(50 * everyMs);
      expect([seen.beats, seen.drops]).toEqual([50, 0]);
    }
  },
);
