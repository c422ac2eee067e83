import { expect, test } from 'vitest';
import { suggestWords, withWord } from '../../src/format/typed-code.ts';

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
