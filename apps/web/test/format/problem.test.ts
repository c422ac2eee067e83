import '../sessions/plain-runes.ts';
import { ERROR_TABLE, type ErrorCode, TransferError, toErrorRecord } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import { crashed, type Problem, problemOf, sentenceOf } from '../../src/format/problem.ts';

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
/** Words of ours that nobody else knows. */
const JARGON = /\b(peers?|slots?|relays?|manifests?|lanes?|nameplates?|sinks?)\b/i;

function textOf({ sentence, next }: Problem): string {
  return `${sentence} ${next}`;
}

test.each(CODES)('%s is told in plain words, with something to do', (code) => {
  for (const wire of ['version-two', 'classic'] as const) {
    const problem = problemOf(toErrorRecord(new TransferError(code)), wire);
    expect(problem.sentence).not.toBe('');
    expect(problem.next).not.toBe('');
    expect(textOf(problem)).not.toMatch(JARGON);
  }
  expect(sentenceOf(code)).not.toMatch(JARGON);
});

test('a message that knows more than the table is shown', () => {
  const error = new TransferError('source-unreadable', '“a.txt” cannot be read.');
  expect(problemOf(toErrorRecord(error)).sentence).toBe('“a.txt” cannot be read.');
});

test.each([
  ['code-in-use', 'Another one used this code at the relay.'],
  ['peer-gone', 'The other side left before everything had been sent to it.'],
  ['digest-mismatch', 'A chunk does not match its checksum.'],
] as const)('%s over classic is told in this page’s words', (code, message) => {
  const problem = problemOf(toErrorRecord(new TransferError(code, message)), 'classic');
  expect(textOf(problem)).not.toContain(message);
  expect(textOf(problem)).not.toMatch(JARGON);
});

test('a crash is told in plain words', () => {
  expect(textOf(crashed())).not.toMatch(JARGON);
});
