import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../src/foundation/bytes.ts';
import {
  codeLink,
  completeWord,
  drawSecret,
  formatCode,
  parseChosenCode,
  parseCode,
  wordAt,
} from '../../src/wire/code.ts';
import { MAX_TYPED_CODE_LENGTH } from '../../src/wire/limits.ts';

const badCode = expect.objectContaining({ code: 'bad-code' });

describe('a code', () => {
  it.each([
    '7-guitar-ocean',
    ' 7-Guitar-OCEAN ',
    '7 guitar ocean',
    '7–guitar—ocean',
    '7_guitar_ocean',
    '７-ｇｕｉｔａｒ-ocean',
    'https://relay.example/#7-guitar-ocean',
    'https://relay.example/path/#7-guitar%2Docean',
    '7\u2011guitar\u2011ocean',
  ])('is read from %j', (typed) => {
    expect(parseCode(typed)).toEqual({ nameplate: '7', secret: 'guitar-ocean' });
  });

  it.each([
    '',
    '7',
    '7-',
    '-guitar',
    'guitar-ocean',
    '0-guitar',
    '07-guitar',
    '1234567890-x',
    'seven guitar',
    'https://relay.example/',
    '#',
  ])('is not %j', (typed) => {
    expect(() => parseCode(typed)).toThrow(badCode);
  });

  it('may be chosen, whole or without its number', () => {
    expect(parseChosenCode('12-My Secret')).toEqual({ nameplate: '12', secret: 'my-secret' });
    expect(parseChosenCode('My Secret')).toEqual({ nameplate: null, secret: 'my-secret' });
    for (const short of ['', '12-abc', 'abc', '12']) expect(() => parseChosenCode(short)).toThrow(badCode);
    expect(parseChosenCode(`12-${'x'.repeat(MAX_TYPED_CODE_LENGTH - 3)}`).nameplate).toBe('12');
    expect(() => parseChosenCode(`12-${'x'.repeat(MAX_TYPED_CODE_LENGTH - 2)}`)).toThrow(/at most 4096/);
  });

  it('goes into a link’s fragment', () => {
    expect(codeLink('https://relay.example', '7-guitar-ocean')).toBe('https://relay.example/#7-guitar-ocean');
    expect(codeLink('https://relay.example/x', '7-guitar-ocean')).toBe(
      'https://relay.example/x/#7-guitar-ocean',
    );
    expect(codeLink('wss://relay.example/x/', '7-a b')).toMatch(
      /^https:\/\/relay\.example\/x\/#7-a(%20| )b$/,
    );
    expect(parseCode(codeLink('http://h:1', '7-café-straße'))).toEqual({
      nameplate: '7',
      secret: 'café-straße',
    });
    expect(codeLink('https://user:word@h:1/x', '7-guitar-ocean', 'AB')).toBe(
      'https://h:1/x/?relay-fingerprint=AB#7-guitar-ocean',
    );
  });
});

describe('the words', () => {
  it('are drawn uniformly from bytes', () => {
    expect(drawSecret(2, () => Uint8Array.of(0, 0, 0x08, 0x00))).toBe(`${wordAt(0)}-${wordAt(0)}`);
    expect(drawSecret(1, () => Uint8Array.of(0x07, 0xff))).toBe(wordAt(2047));
    expect(
      parseCode(formatCode({ nameplate: '3', secret: drawSecret(12, randomBytes) })).secret.split('-'),
    ).toHaveLength(12);
    expect(() => drawSecret(0, randomBytes)).toThrow();
  });

  it('have unique prefixes of four letters, and complete', () => {
    const prefixes = new Set(Array.from({ length: 2048 }, (_, i) => wordAt(i).slice(0, 4)));
    expect(prefixes.size).toBe(2048);
    expect(completeWord('guit')).toEqual(['guitar']);
    expect(completeWord('GUIT')).toEqual(['guitar']);
    expect(completeWord('')).toEqual([]);
    expect(completeWord('zz')).toEqual([]);
  });
});
