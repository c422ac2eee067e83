// The first message of a client of the Python tool, and the relay's one answer. docs/CLASSIC.md.
import { MAX_HELLO_BYTES, type Role } from '@p2p-copy/core/relay-protocol';
import type { ClassicCloseName } from '../endings/classic-codes.ts';

/** The one thing the relay says, and only to the sender. */
export const CLASSIC_READY = '{"type":"ready"}';

/** The tool sends 64 hex digits; its relay takes any text. */
const MAX_CODE_HASH_LENGTH = 128;

/** What a classic end says first. */
export interface ClassicHello {
  role: Role;
  codeHash: string;
}

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
  return { role, codeHash };
}

/** undefined when it isn't JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
