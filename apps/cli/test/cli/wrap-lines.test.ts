import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wrapLines } from '../../src/cli/terminal/wrap-lines.ts';

it('breaks at the ends of words, and what goes on of a line in a list looks like no other line of it', () => {
  expect(wrapLines('  a word and another word', 20)).toBe('  a word and\n      another word');
  const forged = wrapLines('  1. a.jpg, 3 MB                     2. safe.txt, 5 bytes', 30);
  expect(forged.split('\n').filter((line) => /^ {2}\S/.test(line))).toHaveLength(1);
  expect(wrapLines('eins zwei drei vier fuenf\n\nsechs', 20)).toBe('eins zwei drei vier\nfuenf\n\nsechs');
  expect(wrapLines('Accept 301 files, 9.0 MB? [y/N] ', 20)).toBe('Accept 301 files,\n9.0 MB? [y/N] ');
});

it('counts the columns of wide characters, and breaks no word that is to be copied', () => {
  expect(wrapLines('文件文件 文件文件 文件', 18)).toBe('文件文件 文件文件\n文件');
  const link = `https://copy.example.org/#${'a'.repeat(60)}`;
  expect(wrapLines(`Link: ${link}`, 40)).toBe(`Link:\n${link}`);
});

it('keeps every word, in order, whatever the width', () => {
  const words = fc.array(
    fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom('a', 'ü', '文', '-') }),
    {
      minLength: 1,
    },
  );
  fc.assert(
    fc.property(words, fc.integer({ min: 0, max: 120 }), (given, columns) => {
      expect(wrapLines(given.join(' '), columns).split(/[ \n]/)).toEqual(given);
    }),
  );
});
