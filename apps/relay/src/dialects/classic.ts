// The dialect of the Python tool p2p-copy 0.1. docs/CLASSIC.md.
import { CLASSIC_READY, MAX_HELLO_BYTES, parseClassicHello } from '@p2p-copy/core/relay-protocol';
import type { Dialect } from './dialect.ts';

export const classic: Dialect = {
  name: 'classic',
  parseFirst(message, isBinary) {
    if (isBinary) return { refused: 'classic-binary-hello' };
    if (message.length > MAX_HELLO_BYTES) return { refused: 'classic-bad-hello' };
    return parseClassicHello(message.toString('utf8'));
  },
  // A receiver takes its first message for the sender's.
  ready: { sender: CLASSIC_READY, receiver: null },
  passesText: true,
  endings: {
    'relay-full': 'classic-relay-full',
    'rate-limited': 'classic-rate-limited',
    silent: 'classic-hello-timeout',
    'out-of-turn': 'classic-too-early',
  },
};
