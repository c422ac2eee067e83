import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameParts } from '../../src/format/name-parts.ts';

it.each([
  ['short.txt', '', 'short.txt'],
  ['IMG_20261127_195203_burst_00042.jpeg', '00042.jpeg', 'IMG_20261127_195203_burst_'],
  ['Family picnic in the garden 👨‍👩‍👧‍👦👨‍👩‍👧.jpg', '👨‍👩‍👧‍👦👨‍👩‍👧.jpg', 'Family picnic in the garden '],
])('%s keeps its end “%s”', (name, end, head) => {
  expect(nameParts(name)).toEqual([head, end]);
});

it('loses nothing, and parts no letter from its accents', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
      const [head, end] = nameParts(name);
      expect(head + end).toBe(name);
      expect(end).not.toMatch(/^\p{M}/u);
    }),
  );
});
