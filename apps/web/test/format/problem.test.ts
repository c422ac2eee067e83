import '../sessions/plain-runes.ts';
import { ERROR_TABLE, type ErrorCode, TransferError, toErrorRecord } from '@p2p-copy/core';
import { beforeAll, expect, test } from 'vitest';
import { crashed, laterProblemOf, type Problem, problemOf, sentenceOf } from '../../src/format/problem.ts';
import { spoken } from '../../src/i18n/spoken.svelte.ts';

beforeAll(() => spoken.loadClassic());

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
/** Words of ours that nobody else knows. */
const JARGON = /\b(peers?|slots?|relays?|manifests?|lanes?|nameplates?|sinks?)\b/i;

const WAYS = (['send', 'receive'] as const).flatMap((side) =>
  (['version-two', 'classic'] as const).map((wire) => [side, wire] as const),
);

function textOf({ sentence, next }: Problem): string {
  return `${sentence} ${next}`;
}

test.each(CODES)('%s is told in plain words, with something to do', (code) => {
  for (const [side, wire] of WAYS) {
    const problem = problemOf(toErrorRecord(new TransferError(code)), side, wire);
    expect(problem.sentence).not.toBe('');
    expect(problem.next).not.toBe('');
    expect(textOf(problem)).not.toMatch(JARGON);
  }
  expect(sentenceOf(code)).not.toMatch(JARGON);
});

test('a message that knows more than the table is shown', () => {
  const error = new TransferError('source-unreadable', '“a.txt” cannot be read.');
  expect(problemOf(toErrorRecord(error), 'send').sentence).toBe('“a.txt” cannot be read.');
});

test.each([
  ['code-in-use', 'Another one used this code at the relay.'],
  ['peer-gone', 'The other side left before everything had been sent to it.'],
  ['digest-mismatch', 'A chunk does not match its checksum.'],
] as const)('%s over classic is told in this page’s words', (code, message) => {
  const problem = problemOf(toErrorRecord(new TransferError(code, message)), 'receive', 'classic');
  expect(textOf(problem)).not.toContain(message);
  expect(textOf(problem)).not.toMatch(JARGON);
});

test('a crash is told in plain words', () => {
  expect(textOf(crashed())).not.toMatch(JARGON);
});

test('only the side whose disk is full is asked to make room before it resumes', () => {
  const error = toErrorRecord(new TransferError('no-space'));
  expect(laterProblemOf(error, 'receive').next).toBe(spoken.words.keptNoRoom);
  expect(laterProblemOf(error, 'send').next).toBe(spoken.words.keptForLater);
});
