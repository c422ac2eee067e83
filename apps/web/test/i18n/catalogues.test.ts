import '../sessions/plain-runes.ts';
import { ERROR_TABLE, type ErrorCode } from '@p2p-copy/core';
import { expect, test, vi } from 'vitest';
import { de } from '../../src/i18n/de/de.ts';
import { classic as deClassic } from '../../src/i18n/de/de-classic.ts';
import { en } from '../../src/i18n/en/en.ts';
import { classic as enClassic } from '../../src/i18n/en/en-classic.ts';
import { preferredLanguage, spoken } from '../../src/i18n/spoken.svelte.ts';
import type { ClassicWords, Words } from '../../src/i18n/words.ts';
import { zh } from '../../src/i18n/zh/zh.ts';
import { classic as zhClassic } from '../../src/i18n/zh/zh-classic.ts';

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
const JARGON = /\b(peers?|slots?|relays?|manifests?|lanes?|nameplates?|sinks?)\b/i;
const TRANSLATED: [string, Words][] = [
  ['de', de],
  ['zh', zh],
];
const CLASSIC: Record<string, ClassicWords> = { en: enClassic, de: deClassic, zh: zhClassic };

/** All texts by their keys; functions are called with marks, which must all come through. */
function textsOf(words: object, at = ''): [key: string, text: string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] => {
    const name = `${at}${key}`;
    if (typeof value === 'string') return [[name, value]];
    if (typeof value !== 'function') return textsOf(value, `${name}.`);
    const marks = Array.from({ length: value.length }, (_, i) => i + 3);
    const text = value(...marks) as string;
    for (const mark of marks) expect(text, name).toContain(String(mark));
    return [[name, text]];
  });
}

test.each(TRANSLATED)('%s tells every ending', (_, words) => {
  for (const code of CODES) {
    expect(words.problems[code]?.sentence, code).toMatch(/\S/);
    expect(words.problems[code]?.next, code).toMatch(/\S/);
  }
  expect(Object.keys(words.problems).sort()).toEqual([...CODES].sort());
});

test.each([['en', en as Words], ...TRANSLATED])('%s has no empty text and no word of ours', (name, words) => {
  expect(Object.keys(CLASSIC[name]!.problems)).toEqual(Object.keys(enClassic.problems));
  const texts = [...textsOf(words), ...textsOf(CLASSIC[name]!, 'classic.')];
  expect(texts.length).toBeGreaterThan(150);
  for (const [key, text] of texts) {
    expect(text.trim(), key).not.toBe('');
    expect(text, key).not.toMatch(JARGON);
    expect(text, key).not.toMatch(/["']/);
  }
});

test('counts follow the language', () => {
  expect([en.files(1), en.files(1200), de.files(1), de.files(1200), zh.files(1)]).toEqual([
    '1 file',
    '1,200 files',
    '1 Datei',
    '1.200 Dateien',
    '1 个文件',
  ]);
});

test.each([
  [['de-AT', 'en'], 'de'],
  [['fr', 'zh-TW', 'en'], 'zh'],
  [['fr'], 'en'],
  [[], 'en'],
])('a browser that wishes %j is shown %s', (tags, language) => {
  expect(preferredLanguage(tags)).toBe(language);
});

test('words for the Python tool follow the language once they are loaded, whichever comes first', async () => {
  vi.stubGlobal('localStorage', { setItem() {}, getItem: () => null });
  vi.stubGlobal('document', { documentElement: {} });
  expect(spoken.classic).toBeNull();
  await Promise.all([spoken.choose('zh'), spoken.loadClassic()]);
  expect([spoken.words, spoken.classic]).toEqual([zh, zhClassic]);
  await Promise.all([spoken.loadClassic(), spoken.choose('de')]);
  expect([spoken.words, spoken.classic]).toEqual([de, deClassic]);
  await spoken.choose('en');
  expect([spoken.words, spoken.classic]).toEqual([en, enClassic]);
});
