// The dialect of our own clients. docs/PROTOCOL.md section 4.
import { encodeRelayMessage, parseFirstMessage } from '@p2p-copy/core/relay-protocol';
import type { Dialect } from './dialect.ts';

const READY = encodeRelayMessage({ type: 'ready' });

export const versionTwo: Dialect = {
  name: 'version 2',
  parseFirst(message, isBinary) {
    if (isBinary) return { refused: 'bad-hello' };
    return parseFirstMessage(message.toString('utf8'));
  },
  ready: { sender: READY, receiver: READY },
  passesText: false,
  endings: {
    'relay-full': 'relay-full',
    'rate-limited': 'rate-limited',
    silent: 'hello-timeout',
    'too-long': 'bad-hello',
    'out-of-turn': 'bad-hello',
  },
};
