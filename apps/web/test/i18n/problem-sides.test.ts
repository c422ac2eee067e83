// All languages against the one table of errors: a person is told what they can do at their own side.
import '../sessions/plain-runes.ts';
import {
  ERROR_TABLE,
  type ErrorCode,
  NEXT_OF_SIDE,
  type Side,
  TransferError,
  toErrorRecord,
} from '@p2p-copy/core';
import { describe, expect, test, vi } from 'vitest';
import { problemOf } from '../../src/format/problem.ts';
import { de } from '../../src/i18n/de/de.ts';
import { en } from '../../src/i18n/en/en.ts';
import { spoken } from '../../src/i18n/spoken.svelte.ts';
import type { Words } from '../../src/i18n/words.ts';
import { zh } from '../../src/i18n/zh/zh.ts';

const SIDES: Side[] = ['send', 'receive'];
const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
/** Those that come to both sides: the other end tells them. */
const TOLD = CODES.filter((code) => ERROR_TABLE[code].wire !== null);
/** How each language names the sides. */
const NAMES: Record<'en' | 'de' | 'zh', Record<Side, RegExp>> = {
  en: { send: /\b(ask|tell) the sender|sender’s screen/i, receive: /\b(ask|tell) the receiver/i },
  de: { send: /sendende Seite/, receive: /empfangende Seite/ },
  zh: { send: /发送方/, receive: /接收方/ },
};
const CATALOGUES: ['en' | 'de' | 'zh', Words][] = [
  ['en', en],
  ['de', de],
  ['zh', zh],
];

vi.stubGlobal('localStorage', { setItem() {}, getItem: () => null });
vi.stubGlobal('document', { documentElement: {} });

describe.each(CATALOGUES)('in %s', (language, { problems }) => {
  test('a next step is worded for a side wherever the table does so', () => {
    for (const side of SIDES) {
      for (const code of Object.keys(NEXT_OF_SIDE[side]) as ErrorCode[]) {
        const own = problems[code];
        // English says what it doesn't word itself in the table's words.
        const inherits = language === 'en' && own?.next === undefined;
        expect(own?.ofSide?.[side] !== undefined || inherits, `${code} at the side that ${side}s`).toBe(true);
      }
    }
  });

  test('nobody is sent to themselves', async () => {
    await spoken.choose(language);
    for (const side of SIDES) {
      for (const code of TOLD) {
        const { sentence, next } = problemOf(toErrorRecord(new TransferError(code)), side);
        expect(`${sentence} ${next}`, `${code} at the side that ${side}s`).not.toMatch(NAMES[language][side]);
      }
    }
  });
});
