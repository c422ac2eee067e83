// The dialect of the Python tool p2p-copy 0.1. docs/CLASSIC.md.
import { CLASSIC_READY, parseClassicHello } from '@p2p-copy/core/relay-protocol';
import type { Dialect } from './dialect.ts';

export const classic: Dialect = {
  name: 'classic',
  parseFirst(message, isBinary) {
    if (isBinary) return { refused: 'classic-binary-hello' };
    return parseClassicHello(message.toString('utf8'));
  },
  // A receiver takes its first message for the sender's.
  ready: { sender: CLASSIC_READY, receiver: null },
  passesText: true,
  endings: {
    'relay-full': 'classic-relay-full',
    'rate-limited': 'classic-rate-limited',
    silent: 'classic-hello-timeout',
    'too-long': 'classic-bad-hello',
    'out-of-turn': 'classic-too-early',
  },
};
