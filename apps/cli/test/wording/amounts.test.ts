import { expect, it } from 'vitest';
import { counted, durationInWords, offerInWords, sizeInWords } from '../../src/wording/amounts.ts';

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [300_000_000, '300.0 MB'],
  [4_294_967_296, '4.3 GB'],
  [Number.MAX_SAFE_INTEGER, '9.0 PB'],
])('%d bytes are %s', (bytes, expected) => {
  expect(sizeInWords(bytes)).toBe(expected);
});

it.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [125, '2 min 05 s'],
  [3600, '1 h 00 min'],
  [86_400 + 3 * 3600, '1 d 03 h'],
])('%d seconds are %s', (seconds, expected) => {
  expect(durationInWords(seconds)).toBe(expected);
});

it('counts', () => {
  expect(counted(1, 'file')).toBe('1 file');
  expect(counted(100_000, 'file')).toBe('100,000 files');
});

it('says that a size is a lower bound', () => {
  expect(offerInWords({ files: 3, bytes: 1200, unsized: false })).toBe('3 files, 1.2 kB');
  expect(offerInWords({ files: 2, bytes: 1200, unsized: true })).toBe('2 files, at least 1.2 kB');
  expect(offerInWords({ files: 1, bytes: 0, unsized: true })).toBe('1 file of unknown size');
});
