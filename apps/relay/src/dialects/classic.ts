// The dialect of the Python tool p2p-copy 0.1. docs/CLASSIC.md.
import { CLASSIC_READY, parseClassicHello } from '@p2p-copy/core/relay-protocol';
import type { Dialect, Replies } from './dialect.ts';

const REPLIES: Replies = {
  allocated: () => null,
  // A receiver takes its first message for the sender's.
  ready: (role) => (role === 'sender' ? CLASSIC_READY : null),
  error: () => null,
};

export const classic: Dialect = {
  name: 'classic',
  parseFirst(message, isBinary) {
    return { parsed: parse(message, isBinary), replies: REPLIES };
  },
  repliesUnheard: REPLIES,
  passesText: true,
  endings: {
    'relay-full': 'classic-relay-full',
    'rate-limited': 'classic-rate-limited',
    silent: 'classic-hello-timeout',
    'too-long': 'classic-bad-hello',
    'out-of-turn': 'classic-too-early',
    'transfer-limit': 'classic-transfer-limit',
    'day-limit': 'classic-day-limit',
    'time-limit': 'classic-time-limit',
    'idle-limit': 'classic-idle-limit',
  },
};

function parse(message: Buffer, isBinary: boolean) {
  if (isBinary) return { refused: 'classic-binary-hello' } as const;
  return parseClassicHello(message.toString('utf8'));
}
