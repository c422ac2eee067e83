// How much passes, on a clock that stands still: bytes for each moment, shares, and what is kept.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_BYTES, type LimitName } from '../../src/rates/pair-limiter.ts';
import { type LimitedEnd, TrafficLimits, type TrafficSettings } from '../../src/rates/traffic-limits.ts';
import { DEFAULT_RELAY_CONFIG } from '../../src/settings/table.ts';
import { FakeClock } from '../fake-clock.ts';
import { opaqueKey } from '../relay-client.ts';
import { GreedyEnd, READ_BYTES } from './greedy-end.ts';

const MB = 1_000_000;
const DAY_MS = 86_400_000;
/** Bytes that a flow of this rate asks for at once. */
const quantumOf = (rate: number) => Math.max(1, Math.min(READ_BYTES, Math.floor(rate / 20)));

function limitsWith(settings: Partial<TrafficSettings>) {
  const clock = new FakeClock();
  const limits = new TrafficLimits({ ...DEFAULT_RELAY_CONFIG, ...settings }, clock);
  const reached: LimitName[] = [];
  const pair = (sender: Partial<LimitedEnd> = {}, receiver: Partial<LimitedEnd> = {}) => {
    const limiter = limits.forPair(endOf(sender), endOf({ ip: '198.51.100.1', ...receiver }), (name) => {
      reached.push(name);
      limiter?.end();
    });
    if (limiter === null) throw new Error('no limits');
    return limiter;
  };
  return { clock, limits, pair, reached };
}

function endOf(end: Partial<LimitedEnd>): LimitedEnd {
  return { ip: '192.0.2.1', payer: null, transferKey: null, ...end };
}

const payerOf = (name: string, bytesPerSecond: number | null = null, bytesPerDay: number | null = null) => ({
  payer: { name, bytesPerSecond, bytesPerDay },
});

describe('bytes a second', () => {
  it('lets no limiter slow down a relay without limits', () => {
    const limits = new TrafficLimits(DEFAULT_RELAY_CONFIG, new FakeClock());
    expect(limits.forPair(endOf({}), endOf({}), () => {})).toBeNull();
  });

  it.each([1, 7, 999, 64_000, MB, 50 * MB])('are never more than %i, and at most a quantum less', (rate) => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerPair: rate });
    const end = new GreedyEnd(pair().toReceiver);
    for (let atMs = 0; atMs < 10_000; atMs += 10) {
      expect(end.passedBytes).toBeLessThanOrEqual((rate * atMs) / 1000);
      expect(end.passedBytes).toBeGreaterThan((rate * atMs) / 1000 - quantumOf(rate) - rate / 1000);
      clock.advance(10);
    }
  });

  it('pass in equal parts, at equal times', () => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerPair: MB });
    const end = new GreedyEnd(pair().toReceiver);
    const passed = [0, 49, 1, 49, 1, 9_900].map((ms) => {
      clock.advance(ms);
      return end.passedBytes;
    });
    expect(passed).toEqual([0, 0, 50_000, 50_000, 100_000, 10 * MB]);
  });

  it.each([
    ['pair', 'bytesPerSecondPerPair'],
    ['address', 'bytesPerSecondPerAddress'],
    ['site', 'bytesPerSecondPerSite'],
    ['token', 'bytesPerSecondPerToken'],
    ['relay', 'bytesPerSecond'],
  ] as const)('are those of the tightest limit, which is that of the %s', (_whose, tightest) => {
    const loose = {
      bytesPerSecond: 9 * MB,
      bytesPerSecondPerPair: 8 * MB,
      bytesPerSecondPerAddress: 7 * MB,
      bytesPerSecondPerSite: 6 * MB,
      bytesPerSecondPerToken: 5 * MB,
    };
    const { clock, pair } = limitsWith({ ...loose, [tightest]: MB });
    const end = new GreedyEnd(pair({ ip: '2001:db8::1', ...payerOf('lab') }).toReceiver);
    clock.advance(10_000);
    // A request has got past the wider buckets already.
    expect(end.passedBytes).toBeLessThanOrEqual(10 * MB);
    expect(end.passedBytes).toBeGreaterThan(9.8 * MB);
  });

  it('are shared by both directions of a pair', () => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerPair: MB });
    const { toReceiver, toSender } = pair();
    const ends = [new GreedyEnd(toReceiver), new GreedyEnd(toSender)];
    clock.advance(10_000);
    expect(ends.map((end) => end.passedBytes)).toEqual([5 * MB, 5 * MB]);
  });

  it('are shared in equal parts by two pairs of one address, at any moment', () => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerAddress: MB });
    const [one, other] = [
      new GreedyEnd(pair({}, { ip: '198.51.100.1' }).toReceiver),
      // It asks for as much, though its reads are small.
      new GreedyEnd(pair({}, { ip: '198.51.100.2' }).toReceiver, 1_000),
    ];
    for (let i = 0; i < 1_000; i++) {
      clock.advance(10);
      expect(Math.abs(one.passedBytes - other.passedBytes)).toBeLessThanOrEqual(quantumOf(MB));
    }
    expect(one.passedBytes + other.passedBytes).toBe(10 * MB);
  });

  it('of one address don’t slow down another', () => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerAddress: MB });
    const crowd = Array.from({ length: 50 }, () => new GreedyEnd(pair({ ip: '192.0.2.1' }).toReceiver));
    const lone = new GreedyEnd(pair({ ip: '192.0.2.2' }, { ip: '192.0.2.3' }).toReceiver);
    clock.advance(10_000);
    expect(lone.passedBytes).toBe(10 * MB);
    expect(crowd.reduce((sum, end) => sum + end.passedBytes, 0)).toBeLessThanOrEqual(10 * MB);
  });

  it('count at both ends’ addresses, and once where that is one', () => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerAddress: MB });
    const home = new GreedyEnd(pair({ ip: '192.0.2.9' }, { ip: '192.0.2.9' }).toReceiver);
    const sends = new GreedyEnd(pair({ ip: '192.0.2.1' }, { ip: '192.0.2.2' }).toReceiver);
    const receives = new GreedyEnd(pair({ ip: '192.0.2.3' }, { ip: '192.0.2.1' }).toReceiver);
    clock.advance(10_000);
    expect(home.passedBytes).toBe(10 * MB);
    expect(sends.passedBytes + receives.passedBytes).toBeLessThanOrEqual(10 * MB);
    expect(sends.passedBytes + receives.passedBytes).toBeGreaterThan(9.8 * MB);
  });

  it('leave a slow pair what is its own, and share the rest in equal parts', () => {
    const { clock, pair } = limitsWith({ bytesPerSecond: MB });
    const slow = new GreedyEnd(pair(payerOf('slow', 100_000)).toReceiver);
    const fast = [new GreedyEnd(pair().toReceiver), new GreedyEnd(pair().toReceiver)];
    clock.advance(10_000);
    expect(slow.passedBytes).toBeGreaterThan(0.97 * MB);
    expect(slow.passedBytes).toBeLessThanOrEqual(MB);
    for (const end of fast) expect(Math.abs(end.passedBytes - 4.5 * MB)).toBeLessThan(0.1 * MB);
  });

  it('of a token are its own where it has one, and are shared by its pairs', () => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerToken: MB });
    const own = new GreedyEnd(pair(payerOf('own', 2 * MB)).toReceiver);
    const shared = [
      new GreedyEnd(pair(payerOf('lab')).toReceiver),
      new GreedyEnd(pair({ ip: '192.0.2.2' }, payerOf('lab')).toReceiver),
    ];
    clock.advance(10_000);
    expect(own.passedBytes).toBe(20 * MB - ((20 * MB) % READ_BYTES));
    expect(shared.map((end) => end.passedBytes)).toEqual([5 * MB, 5 * MB]);
  });

  it('aren’t gained by coming back again and again', () => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerAddress: MB });
    let passed = 0;
    for (let i = 0; i < 1_000; i++) {
      const limiter = pair();
      const end = new GreedyEnd(limiter.toReceiver);
      clock.advance(10);
      passed += end.passedBytes;
      limiter.end();
    }
    expect(passed).toBeLessThanOrEqual(10 * MB);
  });

  it('aren’t made up for when the relay was busy', () => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerPair: MB });
    const limiter = pair();
    clock.advance(3_600_000);
    const end = new GreedyEnd(limiter.toReceiver);
    expect(end.passedBytes).toBe(MB / 4);
  });

  it('count empty messages, which would cost nothing else', () => {
    const { clock, pair } = limitsWith({ bytesPerSecondPerPair: 1_000 });
    const { toReceiver } = pair();
    let frames = 0;
    let isHeld = false;
    const flood = () => {
      isHeld = false;
      while (!isHeld) {
        frames += 1;
        isHeld = !toReceiver.startFrame();
      }
    };
    toReceiver.onCredit = flood;
    flood();
    clock.advance(10_000);
    expect(frames).toBeLessThanOrEqual(10_000 / FRAME_BYTES + 1);
    expect(frames).toBeGreaterThan(9_000 / FRAME_BYTES);
  });

  it('leave nothing behind when pairs end, and give back what wasn’t used', () => {
    const { clock, limits, pair } = limitsWith({
      bytesPerSecond: MB,
      bytesPerSecondPerPair: MB,
      bytesPerSecondPerAddress: 0.5 * MB,
      maxPairAgeMs: 1_000_000,
      maxPairIdleMs: 1_000_000,
    });
    const limiters = Array.from({ length: 20 }, (_, i) => pair({ ip: `192.0.2.${i}` }));
    for (const { toReceiver } of limiters) new GreedyEnd(toReceiver);
    clock.advance(777);
    for (const limiter of limiters) limiter.end();
    expect([limits.buckets, clock.pending]).toEqual([0, 0]);
  });

  it('stay within every limit, whatever pairs come and go', () => {
    const rate = fc.option(fc.integer({ min: 1, max: 5 * MB }), { nil: null });
    const step = fc.record({ waitMs: fc.nat(300), end: fc.nat(5), from: fc.nat(2), to: fc.nat(2) });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 5 * MB }), fc.array(step), (perPair, inAll, steps) => {
        const { clock, pair } = limitsWith({ bytesPerSecondPerPair: perPair, bytesPerSecond: inAll });
        const startMs = clock.nowMs();
        const running: { limiter: ReturnType<typeof pair>; end: GreedyEnd }[] = [];
        let passed = 0;
        for (const { waitMs, end, from, to } of steps) {
          const limiter = pair({ ip: `192.0.2.${from}` }, { ip: `192.0.2.${to}` });
          running.push({ limiter, end: new GreedyEnd(limiter.toReceiver) });
          clock.advance(waitMs);
          const [ended] = running.splice(end, 1);
          ended?.limiter.end();
          passed += ended?.end.passedBytes ?? 0;
        }
        for (const { end } of running) passed += end.passedBytes;
        expect(passed).toBeLessThanOrEqual(((clock.nowMs() - startMs) * inAll) / 1000);
      }),
    );
  });
});

describe('bytes of a transfer', () => {
  const KEY = { transferKey: opaqueKey('k') };

  it('are counted to the last, and then the pair is ended', () => {
    const { pair, reached } = limitsWith({ bytesPerTransfer: MB });
    const { toReceiver, toSender } = pair(KEY, KEY);
    expect(toReceiver.take(MB - 1_000)).toBe(MB - 1_000);
    expect(toSender.take(999)).toBe(999);
    expect(toReceiver.take(READ_BYTES)).toBe(1);
    expect(reached).toEqual([]);
    toReceiver.take(READ_BYTES);
    toReceiver.take(READ_BYTES);
    expect(reached).toEqual(['transfer-limit']);
  });

  it('go on being counted when the ends come back under their key', () => {
    const { clock, limits, pair } = limitsWith({ bytesPerTransfer: MB });
    const first = pair(KEY, KEY);
    first.toReceiver.take(0.6 * MB);
    first.end();
    clock.advance(DAY_MS - 1);
    const second = pair(KEY, KEY);
    expect(second.toReceiver.take(MB)).toBe(0.4 * MB);
    expect(limits.refusal(endOf(KEY))).toEqual({ name: 'transfer-limit', retryAfterMs: 3_600_000 });
    second.end();
    clock.advance(DAY_MS - 1_000);
    expect(limits.refusal(endOf(KEY))).toEqual({ name: 'transfer-limit', retryAfterMs: 1_000 });
    expect(limits.refusal(endOf({ transferKey: opaqueKey('l') }))).toBeNull();
    clock.advance(1_000);
    expect(limits.refusal(endOf(KEY))).toBeNull();
    expect(pair(KEY, KEY).toReceiver.take(2 * MB)).toBe(MB);
  });

  it('are counted together when both ends come back before the relay knows that they left', () => {
    const { pair } = limitsWith({ bytesPerTransfer: MB });
    const [first, second] = [pair(KEY, KEY), pair(KEY, KEY)];
    first.toReceiver.take(0.6 * MB);
    expect(second.toReceiver.take(MB)).toBe(0.4 * MB);
    first.end();
    second.end();
  });

  it('under a number are those of one pair: others get the number later', () => {
    const { pair } = limitsWith({ bytesPerTransfer: MB });
    const first = pair();
    first.toReceiver.take(MB);
    first.end();
    expect(pair().toReceiver.take(MB)).toBe(MB);
  });
});

describe('bytes of a token in a day', () => {
  it('are counted over all its pairs, to the last', () => {
    const { clock, limits, pair, reached } = limitsWith({ bytesPerDayPerToken: MB });
    const lab = payerOf('lab');
    expect(pair(lab).toReceiver.take(0.6 * MB)).toBe(0.6 * MB);
    clock.advance(DAY_MS / 2);
    const other = pair({ ip: '192.0.2.2' }, lab);
    expect(other.toSender.take(MB)).toBe(0.4 * MB);
    expect(limits.refusal(endOf(lab))).toEqual({ name: 'day-limit', retryAfterMs: 3_600_000 });
    expect(limits.refusal(endOf(payerOf('else')))).toBeNull();
    other.toSender.take(1);
    expect(reached).toEqual(['day-limit']);
    clock.advance(DAY_MS / 2);
    expect(limits.refusal(endOf(lab))).toBeNull();
    expect(pair(lab).toReceiver.take(2 * MB)).toBe(MB);
  });

  it('are the token’s own where it has a limit, and once where both ends show it', () => {
    const { pair } = limitsWith({ bytesPerDayPerToken: MB });
    const own = payerOf('own', null, 3 * MB);
    const { toReceiver } = pair(own, own);
    expect(toReceiver.take(2 * MB)).toBe(2 * MB);
    expect(toReceiver.take(2 * MB)).toBe(MB);
  });

  it('are those of the tighter one of two tokens', () => {
    const { pair, reached } = limitsWith({});
    const { toReceiver } = pair(payerOf('a', null, 2 * MB), payerOf('b', null, MB));
    expect(toReceiver.take(3 * MB)).toBe(MB);
    toReceiver.take(1);
    expect(reached).toEqual(['day-limit']);
  });
});

describe('time limits', () => {
  it('end a pair at its age, however busy it is', () => {
    const { clock, pair, reached } = limitsWith({ maxPairAgeMs: 60_000, bytesPerSecondPerPair: MB });
    new GreedyEnd(pair().toReceiver);
    clock.advance(59_999);
    expect(reached).toEqual([]);
    clock.advance(1);
    expect(reached).toEqual(['time-limit']);
    clock.advance(600_000);
    expect([reached.length, clock.pending]).toEqual([1, 0]);
  });

  it('end a pair that only says that it is there', () => {
    const { clock, pair, reached } = limitsWith({ maxPairIdleMs: 60_000 });
    const { toReceiver, toSender } = pair();
    toReceiver.take(MB);
    // What ends of ours say each 5 s.
    const beat = () => {
      for (const direction of [toReceiver, toSender]) {
        direction.startFrame();
        direction.take(40);
      }
    };
    for (let atMs = 0; atMs < 60_000; atMs += 5_000) {
      beat();
      clock.advance(5_000);
    }
    expect(reached).toEqual([]);
    for (let atMs = 0; atMs < 15_000; atMs += 5_000) {
      beat();
      clock.advance(5_000);
    }
    expect(reached).toEqual(['idle-limit']);
  });

  it('don’t end a pair that is slow', () => {
    const { clock, pair, reached } = limitsWith({ maxPairIdleMs: 60_000 });
    const { toReceiver } = pair();
    for (let i = 0; i < 1_000; i++) {
      toReceiver.take(100);
      clock.advance(1_000);
    }
    expect(reached).toEqual([]);
  });
});
