// The dialect of our own clients. docs/PROTOCOL.md section 4.
import { encodeRelayMessage, MAX_HELLO_BYTES, parseFirstMessage } from '@p2p-copy/core/relay-protocol';
import type { Dialect } from './dialect.ts';

const READY = encodeRelayMessage({ type: 'ready' });

export const versionTwo: Dialect = {
  name: 'version 2',
  parseFirst(message, isBinary) {
    if (isBinary || message.length > MAX_HELLO_BYTES) return { refused: 'bad-hello' };
    return parseFirstMessage(message.toString('utf8'));
  },
  ready: { sender: READY, receiver: READY },
  passesText: false,
  endings: {
    'relay-full': 'relay-full',
    'rate-limited': 'rate-limited',
    silent: 'hello-timeout',
    'out-of-turn': 'bad-hello',
  },
};
