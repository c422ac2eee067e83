import { expect, it } from 'vitest';
import { failedFileInWords, failureOf } from '../../../src/cli/reports/failed-file.ts';

const changed = (path: string) => ({ path, code: 'source-changed' as const });

it('says why, with the name escaped', () => {
  expect(failedFileInWords(changed('a\u001bb'))).toBe(
    '“a\\u{1b}b” was not delivered: it changed since it was offered.',
  );
  expect(failedFileInWords({ path: 'f', code: 'protocol-violation' })).toMatch(
    /^“f” was not delivered\. The other/,
  );
});

it('names the only file', () => {
  const sentence = '“f” was not delivered: it changed since it was offered.';
  expect(failureOf([changed('f')], 0)).toEqual({ code: 'source-changed', sentence });
});

it('counts several, and keeps the code that they share', () => {
  expect(failureOf([changed('a')], 2)).toEqual({
    code: 'source-changed',
    sentence: '1 of 3 files was not delivered.',
  });
  expect(failureOf([changed('a'), { path: 'b', code: 'source-unreadable' }], 3)).toEqual({
    code: 'incomplete',
    sentence: '2 of 5 files were not delivered.',
  });
});
