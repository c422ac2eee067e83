// A code that is typed again is recognized, and can't be read from the note.
import { expect, it } from 'vitest';
import { isCodeOf, isCodeTag, tagOfCode } from '../../src/state/code-tag.ts';

const CODE = { nameplate: '7', secret: 'guitar-ocean' };

it('recognizes the code, and no other', () => {
  const tag = tagOfCode(CODE);
  expect(isCodeTag(tag)).toBe(true);
  expect(isCodeOf(tag, { ...CODE })).toBe(true);
  expect(isCodeOf(tag, { ...CODE, nameplate: '8' })).toBe(false);
  expect(isCodeOf(tag, { ...CODE, secret: 'guitar-oceans' })).toBe(false);
});

it('is another one each time, and holds nothing of the code', () => {
  const [one, another] = [tagOfCode(CODE), tagOfCode(CODE)];
  expect(one.hash).not.toBe(another.hash);
  expect(JSON.stringify(one)).not.toMatch(/guitar|ocean/);
});

it.each([[{ salt: 1, hash: 'x' }], [{ salt: '', hash: '' }], [{ ...tagOfCode(CODE), hash: 'AAAA' }]])(
  '%j is none',
  (tag) => {
    expect(isCodeTag(tag)).toBe(false);
  },
);
