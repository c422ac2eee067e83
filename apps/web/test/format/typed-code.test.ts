import { expect, test } from 'vitest';
import { readCode, suggestWords, withWord } from '../../src/format/typed-code.ts';

test.each([
  ['7-guitar-ocean', '7-guitar-ocean'],
  [' 7 Guitar  OCEAN ', '7-guitar-ocean'],
  ['7–guitar—ocean', '7-guitar-ocean'],
  ['https://example.org/#7-guitar-ocean', '7-guitar-ocean'],
  ['#7-guitar-ocean', '7-guitar-ocean'],
  ['guitar-ocean', null],
  ['7', null],
  ['7-', null],
  ['07-guitar', null],
  ['', null],
])('%j is read as %j', (text, code) => {
  expect(readCode(text)).toBe(code);
});

test.each([
  ['7', []],
  ['7-', []],
  ['7-gui', ['guide', 'guilt', 'guitar']],
  ['7 GUIT', ['guitar']],
  ['7-guitar', []],
  ['7-guitar-oce', ['ocean']],
  ['7-xqz', []],
])('%j suggests %j', (text, words) => {
  expect(suggestWords(text, 3)).toEqual(words);
});

test('a completed word leads on to the next, and the last one does not', () => {
  expect(withWord('7-gui', 'guitar')).toBe('7-guitar-');
  expect(withWord('7 guitar oce', 'ocean')).toBe('7 guitar ocean');
});
