import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonLine, quoted, shown, shownMessage } from '../../src/wording/show-text.ts';

it.each([
  ['plain', 'plain'],
  ['größe 🎸 日本', 'größe 🎸 日本'],
  ['a\u001b[31mred', 'a\\u{1b}[31mred'],
  ['a\nb\rc\td', 'a\\u{a}b\\u{d}c\\u{9}d'],
  ['photo\u202egpj.exe', 'photo\\u{202e}gpj.exe'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['\u009b31m', '\\u{9b}31m'],
  ['\u{e0041}tag', '\\u{e0041}tag'],
  ['lone\ud800', 'lone\ufffd'],
])('shows %j as %j', (text, expected) => {
  expect(shown(text)).toBe(expected);
});

it('leaves nothing that a terminal obeys, whatever it is given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      expect(shown(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

it('keeps the lines of a message, and escapes what a terminal would obey', () => {
  expect(shownMessage('one\r\ntwo\tthree\u001b]0;title\u0007')).toBe('one\ntwo\tthree\\u{1b}]0;title\\u{7}');
  expect(shownMessage('over\rwritten')).toBe('over\\u{d}written');
});

it('cuts a long name in a sentence', () => {
  expect(quoted('a'.repeat(120))).toBe(`“${'a'.repeat(120)}”`);
  expect(quoted('a'.repeat(121))).toBe(`“${'a'.repeat(119)}…”`);
});

const PERSIAN = 'می\u200cخواهم';
const HINDI = 'क्\u200dष';
const FAMILY = '👨\u200d👩\u200d👧';
/** C0, DEL, C1, and what the bidirectional algorithm obeys. */
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

it('leaves the joiners that words and pictures need, in messages and in names', () => {
  for (const text of [PERSIAN, HINDI, FAMILY, '❤️\u200d🔥', '👩🏽\u200d🚀']) {
    expect(shownMessage(text)).toBe(text);
    expect(shown(text)).toBe(text);
  }
  expect(shown('pay\u200dpal')).toBe('pay\\u{200d}pal');
  expect(shown(`${FAMILY}\u200d`)).toBe(`${FAMILY}\\u{200d}`);
  expect(shownMessage('soft\u00adhyphen\ufeff')).toBe('soft\u00adhyphen\ufeff');
});

it('writes JSON that no terminal obeys, and that parses to the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const line = jsonLine({ [text]: text });
      expect(line).not.toMatch(OBEYED);
      expect(JSON.parse(line)).toEqual({ [text]: text });
      expect(shownMessage(text).replaceAll(/[\n\t]/g, '')).not.toMatch(OBEYED);
    }),
  );
  expect(jsonLine({ text: PERSIAN })).toBe(`{"text":"${PERSIAN}"}`);
});
