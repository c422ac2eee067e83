import { expect, it } from 'vitest';
import { numberedPath } from '../../src/names/numbered-path.ts';

it.each([
  ['photo.jpg', 'photo (1).jpg'],
  ['a/b.c/photo', 'a/b.c/photo (1)'],
  ['.bashrc', '.bashrc (1)'],
  ['a.tar.gz', 'a.tar (1).gz'],
  ['Dr. Who explains everything', 'Dr. Who explains everything (1)'],
  ['x'.repeat(255), `${'x'.repeat(251)} (1)`],
  ['a/日.jpg', 'a/日 (1).jpg'],
  [`${'日'.repeat(83)}.jpg`, `${'日'.repeat(82)} (1).jpg`],
])('%s becomes %s', (path, expected) => {
  expect(numberedPath(path, 1)).toBe(expected);
  expect(Buffer.byteLength(numberedPath(path, 1).split('/').at(-1)!)).toBeLessThanOrEqual(255);
});
