// What the probe makes of paths: simulated ones, with a rate, a time there and back, and a receiver that acks as ours does.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathProbe } from '../../src/flow/path-probe.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';

const MIB = 1024 * 1024;

interface Path {
  bytesPerMs: number;
  roundTripMs: number;
  /** Between one payload and the next, before it can be sent. */
  readMs?: number;
  /** Of the first payload only: the receiver opens its file. */
  openMs?: number;
  /** An older receiver acks no more often. */
  ackEveryMs?: number;
}

/** Sends payloads until the probe has found out; `mostOnTheWay` is how much was at once. */
function probe(path: Path, payloadBytes = CHUNK_BYTES) {
  const { bytesPerMs, roundTripMs, readMs = 0, openMs = 0, ackEveryMs = 0 } = path;
  const probe = new PathProbe();
  const acks: { atMs: number; writtenBytes: number }[] = [];
  let nowMs = 0;
  let freeAtMs = 0;
  let openAtMs: number | null = null;
  let sentBytes = 0;
  let mostOnTheWay = 0;
  const written = () => acks.findLast(({ atMs }) => atMs <= nowMs)?.writtenBytes ?? 0;
  while (probe.verdict === null) {
    nowMs += readMs;
    for (;;) {
      const ms = probe.holdBackMs(nowMs, payloadBytes, sentBytes, written());
      if (ms === 0 || probe.verdict !== null) break;
      const nextAckMs = acks.find(({ atMs }) => atMs > nowMs)?.atMs ?? Number.POSITIVE_INFINITY;
      nowMs = Math.min(nowMs + ms, nextAckMs);
    }
    if (probe.verdict !== null) break;
    sentBytes += payloadBytes;
    mostOnTheWay = Math.max(mostOnTheWay, sentBytes - written());
    freeAtMs = Math.max(freeAtMs, nowMs) + payloadBytes / bytesPerMs;
    openAtMs ??= freeAtMs + roundTripMs + openMs;
    const writtenAtMs = Math.max(freeAtMs + roundTripMs, openAtMs);
    const lastAckMs = acks.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    if (writtenAtMs - lastAckMs >= ackEveryMs) acks.push({ atMs: writtenAtMs, writtenBytes: sentBytes });
  }
  return { verdict: probe.verdict, ms: nowMs, sentBytes, writtenBytes: written(), mostOnTheWay, probe };
}

describe('a path is fast', () => {
  it.each([
    ['of a gigabit a second', { bytesPerMs: 125_000, roundTripMs: 1 }],
    ['within one machine, slow at first', { bytesPerMs: 60_000, roundTripMs: 5, openMs: 30 }],
    ['of half a gigabit in a city', { bytesPerMs: 62_500, roundTripMs: 8 }],
    ['whose sender reads slowly', { bytesPerMs: 125_000, roundTripMs: 1, readMs: 50 }],
  ])('%s', (_what, path) => {
    expect(probe(path).verdict).toBe('fast');
  });

  it('with small payloads, too', () => {
    expect(probe({ bytesPerMs: 125_000, roundTripMs: 1 }, 5000).verdict).toBe('fast');
  });
});

describe('a path is slow', () => {
  it.each([
    ['of 10 Mbit/s', { bytesPerMs: 1250, roundTripMs: 20 }, CHUNK_BYTES],
    ['of 100 Mbit/s', { bytesPerMs: 12_500, roundTripMs: 1 }, 1.5 * MIB],
    ['of 200 Mbit/s', { bytesPerMs: 25_000, roundTripMs: 1 }, 6 * MIB],
    ['that is long', { bytesPerMs: 125_000, roundTripMs: 50 }, MIB],
    ['whose receiver acks late', { bytesPerMs: 125_000, roundTripMs: 1, ackEveryMs: 100 }, MIB],
    ['that brings nothing', { bytesPerMs: 1, roundTripMs: 0 }, CHUNK_BYTES],
  ])('%s, and little was sent raw', (_what, path, mostBytes) => {
    const { verdict, sentBytes } = probe(path);
    expect(verdict).toBe('slow');
    expect(sentBytes).toBeLessThanOrEqual(mostBytes);
  });
});

it('has no more on the way than a chunk, or than what has come', () => {
  const path = fc.record({
    bytesPerMs: fc.integer({ min: 100, max: 500_000 }),
    roundTripMs: fc.integer({ min: 0, max: 200 }),
    openMs: fc.integer({ min: 0, max: 50 }),
  });
  fc.assert(
    fc.property(path, fc.integer({ min: 10_000, max: CHUNK_BYTES }), (path, payloadBytes) => {
      const { verdict, ms, mostOnTheWay, writtenBytes, sentBytes } = probe(path, payloadBytes);
      expect(mostOnTheWay).toBeLessThanOrEqual(Math.max(CHUNK_BYTES, writtenBytes));
      // The time that it took is that of a fast path and the grace, or what the path takes itself.
      const ownMs = sentBytes / path.bytesPerMs + path.roundTripMs + path.openMs;
      expect(ms).toBeLessThanOrEqual(170 + ownMs);
      if (path.bytesPerMs < 20_000) expect(verdict).toBe('slow');
      if (path.bytesPerMs > 60_000 && path.roundTripMs + path.openMs < 5) expect(verdict).toBe('fast');
    }),
  );
});

describe('once the path is slow', () => {
  it('payloads wait until what has come makes room', () => {
    const { probe: path, sentBytes, writtenBytes } = probe({ bytesPerMs: 12_500, roundTripMs: 1 });
    expect(writtenBytes).toBeGreaterThan(0);
    expect(path.holdBackMs(1e6, CHUNK_BYTES, sentBytes, writtenBytes)).toBe(Number.POSITIVE_INFINITY);
    expect(path.holdBackMs(1e6, CHUNK_BYTES, sentBytes, sentBytes)).toBe(0);
  });

  it('they all wait where nothing had come', () => {
    const { probe: path, sentBytes } = probe({ bytesPerMs: 1250, roundTripMs: 1 });
    expect(path.holdBackMs(1e6, CHUNK_BYTES, sentBytes, sentBytes)).toBe(Number.POSITIVE_INFINITY);
  });
});
