// How the relay closes classic clients. docs/CLASSIC.md, section The relay.
import { CLOSE_CODES } from '@p2p-copy/core/relay-protocol';

/** Close codes by name. The reasons of 1002 are the Python relay's, which has no caps and closes pairs with 1000. */
export const CLASSIC_CLOSE_CODES = {
  'classic-binary-hello': { code: 1002, reason: 'First frame must be hello text' },
  'classic-bad-json': { code: 1002, reason: 'Bad hello json' },
  'classic-no-hello': { code: 1002, reason: 'First frame must be hello' },
  'classic-bad-hello': { code: 1002, reason: 'Bad hello' },
  'classic-hello-timeout': { code: 1002, reason: 'No hello' },
  'classic-token-needed': {
    code: 1008,
    reason: 'This relay needs a token, which this format has no place for',
  },
  'classic-too-early': { code: 1002, reason: 'Wait for the other side' },
  'classic-duplicate-role': { code: 1013, reason: 'Duplicate role for code' },
  'classic-rate-limited': {
    code: 1013,
    reason: 'Too many connections from your address. Wait a minute and try again.',
  },
  'classic-relay-full': { code: 1013, reason: CLOSE_CODES['relay-full'].reason },
  'classic-transfer-limit': { code: 1008, reason: CLOSE_CODES['transfer-limit'].reason },
  'classic-day-limit': { code: 1008, reason: CLOSE_CODES['day-limit'].reason },
  'classic-time-limit': { code: 1008, reason: CLOSE_CODES['time-limit'].reason },
  'classic-idle-limit': { code: 1008, reason: CLOSE_CODES['idle-limit'].reason },
  'classic-peer-finished': { code: 1000, reason: '' },
  'classic-peer-lost': { code: 1011, reason: 'The other side was lost' },
} as const satisfies Record<string, { code: number; reason: string }>;

/** Why the relay closes a classic connection. */
export type ClassicCloseName = keyof typeof CLASSIC_CLOSE_CODES;
