import '../sessions/plain-runes.ts';
import { expect, test } from 'vitest';
import { ClassicSetup } from '../../src/classic/classic-setup.svelte.ts';

test.each([
  ['', null],
  ['a', 'short'],
  ['12345678901', 'short'],
  ['123456789012', null],
  [' 123456789012', 'spaces'],
  ['a ', 'spaces'],
  [' ', 'spaces'],
])('about %j there is to know: %s', (code, advice) => {
  const setup = new ClassicSetup();
  setup.code = code;
  expect(setup.advice).toBe(advice);
  expect(setup.terms).toEqual({ code, encrypt: true });
});

test('nothing starts without a code', () => {
  const setup = new ClassicSetup();
  expect([setup.demandCode(), setup.isCodeMissing]).toEqual([false, true]);
  setup.suggestCode();
  expect(setup.isCodeMissing).toBe(false);
  setup.code = ' ';
  expect([setup.demandCode(), setup.isCodeMissing]).toEqual([true, false]);
});

test('a suggested code is six random words', () => {
  const codes = Array.from({ length: 20 }, () => {
    const setup = new ClassicSetup();
    setup.suggestCode();
    return setup.code;
  });
  for (const code of codes) expect(code).toMatch(/^[a-z]+(-[a-z]+){5}$/);
  expect(new Set(codes).size).toBe(20);
});
