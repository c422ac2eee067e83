import { ERROR_TABLE, type ErrorCode, TransferError } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import { nextStep } from '../../../src/cli/reports/next-step.ts';

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
/** Those that come to both sides: the other end tells them. */
const TOLD = CODES.filter((code) => ERROR_TABLE[code].wire !== null);
const THEMSELVES = {
  send: /\b(ask|tell) the sender|sender’s screen/i,
  receive: /\b(ask|tell) the receiver/i,
};

test.each(['send', 'receive'] as const)(
  'nobody who %ss is sent to themselves, whether or not it can be resumed',
  (side) => {
    for (const code of TOLD) {
      for (const stage of ['before', 'begun', 'streamed', 'dropped', 'kept'] as const) {
        const step = nextStep(new TransferError(code), side, { stage });
        expect(step, code).toMatch(/\S/);
        expect(step, code).not.toMatch(THEMSELVES[side]);
      }
    }
  },
);

test('what the table words for a side is said in its words, unless a command of ours says it better', () => {
  expect(nextStep(new TransferError('no-space'), 'send')).toBe(
    'Ask the receiver to make room, then send again.',
  );
  expect(nextStep(new TransferError('no-space'), 'receive')).toContain('--out');
});

test.each(['send', 'receive'] as const)(
  'at a %sr nothing is said to be kept where nothing was accepted',
  (side) => {
    for (const code of [...TOLD, 'interrupted', 'peer-gone', 'connection-lost'] as ErrorCode[])
      expect(nextStep(new TransferError(code), side, { stage: 'before' }), code).not.toMatch(
        /has arrived is kept|that arrived is lost|p2p-copy resume/,
      );
  },
);
