// `--wait`: how long a code is valid.
import { MAX_WAIT_MS } from '@p2p-copy/core';
import { expect, it } from 'vitest';
import { parseWait } from '../../../src/cli/commands/wait-option.ts';

it.each([
  ['1m', 60_000],
  ['30m', 1_800_000],
  ['24h', 86_400_000],
  [' 7D ', 604_800_000],
  ['14d', MAX_WAIT_MS],
  ['336h', MAX_WAIT_MS],
])('%j is a time', (text, waitMs) => {
  expect(parseWait(text)).toBe(waitMs);
});

it.each(['', '0m', '24', '1s', '15d', '20161m', '-1h', '1.5h', '1h30m', 'h', '9999999m'])(
  '%j is none',
  (text) => {
    expect(() => parseWait(text)).toThrow('It must be a time from 1m to 14d');
  },
);
