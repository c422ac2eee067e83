import '../sessions/plain-runes.ts';
import { expect, test } from 'vitest';
import { formatBytes, formatFiles, formatTimeLeft, percentOf } from '../../src/format/quantities.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.00 kB'],
  [999_999, '1,000 kB'],
  [1_500_000, '1.50 MB'],
  [12_345_678, '12.3 MB'],
  [4_294_967_296, '4.29 GB'],
  [5e15, '5,000 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, 100, 0],
  [99.9, 100, 99],
  [100, 100, 100],
  [0, 0, 100],
  [999_999_999, 1_000_000_000, 99],
])('%d of %d is %d percent', (bytes, total, percent) => {
  expect(percentOf(bytes, total)).toBe(percent);
});

test.each([
  [0.2, '1 s left'],
  [9.5, '10 s left'],
  [11, '15 s left'],
  [59, '60 s left'],
  [61, '1 min left'],
  [3599, '1 h 0 min left'],
  [5000, '1 h 23 min left'],
])('%d seconds: %s', (seconds, text) => {
  expect(formatTimeLeft(seconds)).toBe(text);
});

test('counts', () => {
  expect([formatFiles(1), formatFiles(100_000)]).toEqual(['1 file', '100,000 files']);
});
