// The dialect of the Python tool p2p-copy 0.1. docs/CLASSIC.md.
import type { Dialect, DialectHello, Replies } from '../dialects/dialect.ts';
import { CLASSIC_CLOSE_CODES, type ClassicCloseName } from '../endings/classic-codes.ts';
import { OF_THE_RELAY } from '../endings/ending.ts';
import type { DialectKeys } from '../pairing/key-state.ts';
import { stepClassicCode } from './code.ts';
import { CLASSIC_READY, parseClassicHello } from './hello.ts';

/** Code hashes. */
export const CODES: DialectKeys = {
  name: 'classic',
  step: stepClassicCode,
  refusals: { 'relay-full': 'classic-relay-full', 'rate-limited': 'classic-rate-limited' },
  departures: { finished: 'classic-peer-finished', lost: 'classic-peer-lost' },
};

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
  closes: { ...CLASSIC_CLOSE_CODES, ...OF_THE_RELAY },
  endings: {
    ...CODES.refusals,
    'token-needed': 'classic-token-needed',
    silent: 'classic-hello-timeout',
    'too-long': 'classic-bad-hello',
    'out-of-turn': 'classic-too-early',
    'transfer-limit': 'classic-transfer-limit',
    'day-limit': 'classic-day-limit',
    'time-limit': 'classic-time-limit',
    'idle-limit': 'classic-idle-limit',
  },
};

function parse(message: Buffer, isBinary: boolean): DialectHello | { refused: ClassicCloseName } {
  if (isBinary) return { refused: 'classic-binary-hello' };
  const hello = parseClassicHello(message.toString('utf8'));
  if ('refused' in hello) return hello;
  return { type: 'dialect-hello', role: hello.role, key: hello.codeHash, keys: CODES };
}
