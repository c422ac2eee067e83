// The dialect of our own clients, of version 2 and newer. docs/PROTOCOL.md section 4.
import { commonFeatures, parseFirstMessage, relayReplies } from '@p2p-copy/core/relay-protocol';
import { OWN_ENDINGS } from '../endings/ending.ts';
import type { Dialect, Replies } from './dialect.ts';

/** What this relay can do beyond its version. */
const OUR_FEATURES: readonly string[] = [];

export const own: Dialect = {
  name: 'own',
  parseFirst(message, isBinary) {
    if (isBinary) {
      return { parsed: { refused: 'bad-hello' }, replies: repliesTo(null, []) };
    }
    const parsed = parseFirstMessage(message.toString('utf8'));
    return { parsed, replies: repliesTo(parsed.version, 'refused' in parsed ? [] : parsed.features) };
  },
  repliesUnheard: repliesTo(null, []),
  passesText: false,
  closes: OWN_ENDINGS,
  endings: {
    'relay-full': 'relay-full',
    'rate-limited': 'rate-limited',
    'token-needed': 'token-needed',
    silent: 'hello-timeout',
    'too-long': 'bad-hello',
    'out-of-turn': 'bad-hello',
    'transfer-limit': 'transfer-limit',
    'day-limit': 'day-limit',
    'time-limit': 'time-limit',
    'idle-limit': 'idle-limit',
  },
};

function repliesTo(version: number | null, features: readonly string[]): Replies {
  const { allocated, ready, error } = relayReplies(version, commonFeatures(OUR_FEATURES, features));
  return { allocated, ready: (_role, pass, stunPort) => ready(pass, stunPort), error };
}
