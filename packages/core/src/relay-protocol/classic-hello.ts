// What clients of the Python tool say to the relay at their own path, and how it closes them. docs/CLASSIC.md.
import { CLOSE_CODES } from './close-codes.ts';
import { MAX_HELLO_BYTES } from './constants.ts';
import type { Role } from './messages.ts';

/** Path of the WebSocket endpoint for classic clients. */
export const CLASSIC_SOCKET_PATH = '/';
/** The one thing the relay says, and only to the sender. */
export const CLASSIC_READY = '{"type":"ready"}';

/** The tool sends 64 hex digits; its relay takes any text. */
const MAX_CODE_HASH_LENGTH = 128;

/** What a classic end says first. */
export interface ClassicHello {
  type: 'classic-hello';
  role: Role;
  codeHash: string;
}

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
  'classic-peer-finished': { code: 1000, reason: '' },
  'classic-peer-lost': { code: 1011, reason: 'The other side was lost' },
} as const satisfies Record<string, { code: number; reason: string }>;

/** Why the relay closes a classic connection. */
export type ClassicCloseName = keyof typeof CLASSIC_CLOSE_CODES;

/** Parses a classic end's first message. Returns the close name to refuse it with when it isn't one. */
export function parseClassicHello(text: string): ClassicHello | { refused: ClassicCloseName } {
  if (text.length > MAX_HELLO_BYTES) return { refused: 'classic-bad-hello' };
  const value = parseJson(text);
  if (value === undefined) return { refused: 'classic-bad-json' };
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  if (fields.type !== 'hello') return { refused: 'classic-no-hello' };
  const { role, code_hash_hex: codeHash } = fields;
  if (role !== 'sender' && role !== 'receiver') return { refused: 'classic-bad-hello' };
  if (typeof codeHash !== 'string' || codeHash === '' || codeHash.length > MAX_CODE_HASH_LENGTH) {
    return { refused: 'classic-bad-hello' };
  }
  return { type: 'classic-hello', role, codeHash };
}

/** undefined when it isn't JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
