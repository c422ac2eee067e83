// Attempts a minute, and the bound on remembered addresses.
import { expect, it } from 'vitest';
import { MAX_ADDRESSES, TokenBuckets } from '../../src/limits/token-buckets.ts';

it('gives a minute’s worth at once, then one at a time', () => {
  const buckets = new TokenBuckets(paced(3));
  expect([1, 2, 3, 4].map(() => buckets.take('a', 0))).toEqual([true, true, true, false]);
  expect(buckets.take('a', 19_999)).toBe(false);
  expect(buckets.take('a', 20_000)).toBe(true);
  expect(buckets.take('a', 20_001)).toBe(false);
});

it('never holds more than a minute’s worth', () => {
  const buckets = new TokenBuckets(paced(2));
  buckets.take('a', 0);
  expect([1, 2, 3].map(() => buckets.take('a', 3_600_000))).toEqual([true, true, false]);
});

it('has() takes nothing', () => {
  const buckets = new TokenBuckets(paced(1));
  expect([buckets.has('a', 0), buckets.has('a', 0), buckets.take('a', 0), buckets.has('a', 0)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

it('counts addresses apart', () => {
  const buckets = new TokenBuckets(paced(1));
  expect([buckets.take('a', 0), buckets.take('b', 0), buckets.take('a', 0)]).toEqual([true, true, false]);
});

it('forgets who was quiet for a minute, and the quietest beyond its bound', () => {
  const buckets = new TokenBuckets(paced(1), 10);
  for (let i = 0; i < 100; i++) buckets.take(`early ${i}`, 0);
  expect(buckets.size).toBe(10);
  expect(buckets.has('early 99', 0)).toBe(false);
  buckets.take('late', 60_000);
  expect(buckets.size).toBe(1);
});

it(`remembers ${MAX_ADDRESSES} addresses and no more`, () => {
  const buckets = new TokenBuckets(paced(1));
  for (let i = 0; i < MAX_ADDRESSES; i += 1) buckets.take(`address ${i}`, 0);
  expect([buckets.size, buckets.has('address 0', 0)]).toEqual([MAX_ADDRESSES, false]);
  buckets.take('another', 0);
  expect([buckets.size, buckets.has('address 0', 0)]).toEqual([MAX_ADDRESSES, true]);
});

it('holds a burst, fills up at its rate, and says how long that takes', () => {
  const buckets = new TokenBuckets(paced(60, 100));
  const taken = () => Array.from({ length: 200 }, () => buckets.take('a', 0)).filter(Boolean).length;
  expect(buckets.waitMs('a', 0)).toBe(0);
  expect(taken()).toBe(100);
  expect(buckets.waitMs('a', 0)).toBe(1000);
  expect([buckets.has('a', 999), buckets.has('a', 1000)]).toEqual([false, true]);
  // Forgotten after a minute, it would be full again with 40 tokens too many.
  buckets.take('b', 60_000);
  expect(Array.from({ length: 200 }, () => buckets.take('a', 60_000)).filter(Boolean)).toHaveLength(60);
});

function paced(perMinute: number, burst = perMinute) {
  return () => ({ perMinute, burst });
}
