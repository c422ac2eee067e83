import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AckMeter } from '../../src/flow/ack-meter.ts';
import { RateLimit } from '../../src/flow/rate-limit.ts';
import type { Clock } from '../../src/foundation/clock.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';

/** A clock that is turned by hand, timers in their order. */
function handClock(lateMs = 0) {
  let nowMs = 0;
  const timers = new Set<{ atMs: number; callback: () => void }>();
  const clock: Clock = {
    nowMs: () => nowMs,
    after(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs + lateMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const turnTo = async (untilMs: number) => {
    for (;;) {
      // What was let pass may take more.
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...timers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      timers.delete(next);
      nowMs = next.atMs;
      next.callback();
    }
    nowMs = untilMs;
  };
  return { clock, turnTo };
}

/** Takes pieces one after the other without end, and counts what passed. */
function pump(limit: RateLimit, sizeOf: () => number) {
  const passed = { bytes: 0 };
  const run = async () => {
    for (;;) {
      const bytes = sizeOf();
      await limit.take(bytes);
      passed.bytes += bytes;
    }
  };
  void run();
  return passed;
}

describe('the limit', () => {
  it('is never gone beyond, and holds within 5 % or the piece that waits, whatever the pieces, though timers are late', async () => {
    const rates = fc.integer({ min: 32_000, max: 100_000_000 });
    const sizes = fc.array(fc.integer({ min: 1, max: CHUNK_BYTES }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(rates, sizes, fc.integer({ min: 0, max: 50 }), async (rate, pieces, lateMs) => {
        fc.pre(pieces.reduce((sum, bytes) => sum + bytes, 0) / pieces.length > 20_000);
        const { clock, turnTo } = handClock(lateMs);
        let at = 0;
        const passed = pump(new RateLimit(clock, rate), () => pieces[at++ % pieces.length]!);
        let before = 0;
        for (const startMs of [0, 10_000]) {
          await turnTo(startMs + 10_000);
          const most = (rate * (startMs + 10_000)) / 1000;
          expect(passed.bytes).toBeLessThanOrEqual(most);
          expect(passed.bytes).toBeGreaterThanOrEqual(most * 0.95 - CHUNK_BYTES);
          expect(passed.bytes - before).toBeLessThanOrEqual(rate * 10.5 + CHUNK_BYTES);
          before = passed.bytes;
        }
      }),
      { numRuns: 10 },
    );
  });

  it('changes while something waits: slower, faster, and none', async () => {
    const { clock, turnTo } = handClock();
    const limit = new RateLimit(clock, 1_000_000);
    const passed = pump(limit, () => 100_000);
    await turnTo(10_000);
    limit.set(100_000);
    const slow = passed.bytes;
    await turnTo(20_000);
    expect(passed.bytes - slow).toBeGreaterThanOrEqual(900_000);
    expect(passed.bytes - slow).toBeLessThanOrEqual(1_100_000);
    limit.set(5_000_000);
    const fast = passed.bytes;
    await turnTo(21_000);
    expect(passed.bytes - fast).toBeGreaterThanOrEqual(4_800_000);
    expect(passed.bytes - fast).toBeLessThanOrEqual(5_200_000);
  });

  it('lets everything that waits pass when it is taken away', async () => {
    const { clock, turnTo } = handClock();
    const limit = new RateLimit(clock, 10);
    const passed = Promise.all([limit.take(1_000_000), limit.take(1_000_000), limit.take(1_000_000)]);
    await turnTo(1);
    limit.set(null);
    await passed;
    await limit.take(1_000_000);
  });
});

describe('what waits for its time', () => {
  it('keeps nobody waiting once its session has ended', async () => {
    const { clock, turnTo } = handClock();
    const limit = new RateLimit(clock, 100_000);
    const session = new AbortController();
    const left = [1, 2, 3].map(() => limit.take(1_000_000, session.signal));
    await turnTo(1_000);
    session.abort();
    await Promise.all(left);
    let hasPassed = false;
    void limit.take(100_000).then(() => (hasPassed = true));
    await turnTo(1_700);
    expect(hasPassed).toBe(false);
    await turnTo(2_000);
    expect(hasPassed).toBe(true);
    await limit.take(1_000_000, session.signal);
  });

  it('listens once for the end of its session, however much it is', async () => {
    const { clock } = handClock();
    const limit = new RateLimit(clock, 1_000);
    const session = new AbortController();
    let listeners = 0;
    const add = session.signal.addEventListener.bind(session.signal);
    session.signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    const left = Array.from({ length: 20 }, () => limit.take(1_000_000, session.signal));
    expect(listeners).toBe(1);
    session.abort();
    await Promise.all(left);
  });

  it('has saved nothing where it was long left', async () => {
    const { clock, turnTo } = handClock();
    const limit = new RateLimit(clock, 100_000);
    const session = new AbortController();
    void limit.take(1_000_000, session.signal);
    await turnTo(1_000);
    session.abort();
    await turnTo(60_000);
    const passed = pump(limit, () => 10_000);
    await turnTo(61_000);
    expect(passed.bytes).toBeLessThanOrEqual(125_000);
  });
});

describe('a limited receiver', () => {
  it.each([32_000, 100_000, 500_000, 2_000_000, 50_000_000])(
    'grants %i bytes a second, the first second included',
    async (rate) => {
      const { clock, turnTo } = handClock();
      let granted = 0;
      const meter = new AckMeter(
        16 * 1024 * 1024,
        clock,
        ({ limit }) => (granted = limit),
        new RateLimit(clock, rate),
      );
      granted = meter.limitBytes;
      expect(granted).toBe(0);
      meter.start();
      let sent = 0;
      for (let ms = 0; ms <= 20_000; ms += 20) {
        await turnTo(ms);
        for (; sent + CHUNK_BYTES <= granted; sent += CHUNK_BYTES) {
          expect(meter.receive(CHUNK_BYTES)).toBe(true);
          meter.written(CHUNK_BYTES);
        }
        const most = (rate * ms) / 1000;
        expect(sent).toBeLessThanOrEqual(most);
        if (ms % 10_000 === 0 && ms > 0) expect(sent).toBeGreaterThan(most * 0.95 - CHUNK_BYTES);
      }
    },
  );

  it('takes nothing back when the limit comes while content flows, and grants more when it goes', async () => {
    const { clock, turnTo } = handClock();
    const limit = new RateLimit(clock, null);
    const limits: number[] = [];
    const meter = new AckMeter(16 * 1024 * 1024, clock, (ack) => limits.push(ack.limit), limit);
    meter.receive(CHUNK_BYTES);
    meter.written(CHUNK_BYTES);
    limit.set(100_000);
    for (let i = 0; i < 20; i += 1) {
      meter.receive(CHUNK_BYTES);
      meter.written(CHUNK_BYTES);
      await turnTo(i * 100);
    }
    limit.set(null);
    meter.receive(CHUNK_BYTES);
    meter.written(CHUNK_BYTES);
    meter.flush();
    expect(limits).toEqual([...limits].sort((a, b) => a - b));
    expect(limits.at(-1)).toBe(22 * CHUNK_BYTES + 16 * 1024 * 1024);
  });

  it('grants nothing after its last word', async () => {
    const { clock, turnTo } = handClock();
    let acks = 0;
    const meter = new AckMeter(16 * 1024 * 1024, clock, () => (acks += 1), new RateLimit(clock, 1_000));
    meter.receive(CHUNK_BYTES);
    meter.written(CHUNK_BYTES);
    meter.flush();
    const last = acks;
    await turnTo(10_000_000);
    expect(acks).toBe(last);
  });
});
