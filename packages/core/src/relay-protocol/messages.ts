// Text messages between an end and the relay: parse untrusted text, encode our own. docs/PROTOCOL.md section 4.
import type { CloseName } from './close-codes.ts';
import { MAX_HELLO_BYTES, RELAY_PROTOCOL_VERSION } from './constants.ts';
import { isNameplate, isOpaqueKey } from './pairing-key.ts';

export type Role = 'sender' | 'receiver';

/** What an end says first. */
export type FirstMessage =
  | { type: 'allocate'; nameplate: string | null }
  | { type: 'hello'; role: Role; key: string; token: string | null };

/** What the relay says. */
export type RelayMessage = { type: 'allocated'; nameplate: string; token: string } | { type: 'ready' };

type Refused = { refused: CloseName };

/** Parses an end's first message. Returns the close name to refuse it with when it isn't one. */
export function parseFirstMessage(text: string): FirstMessage | Refused {
  const fields = parseObject(text);
  if (fields === null) return { refused: 'bad-hello' };
  if (fields.type !== 'allocate' && fields.type !== 'hello') return { refused: 'bad-hello' };
  if (typeof fields.version !== 'number') return { refused: 'bad-hello' };
  if (fields.version !== RELAY_PROTOCOL_VERSION) return { refused: 'wrong-version' };
  return fields.type === 'allocate' ? parseAllocate(fields) : parseHello(fields);
}

/** Parses what the relay says; null when it isn't a message of this protocol. */
export function parseRelayMessage(text: string): RelayMessage | null {
  const fields = parseObject(text);
  if (fields?.type === 'ready') return { type: 'ready' };
  if (fields?.type !== 'allocated') return null;
  const { nameplate, token } = fields;
  if (typeof nameplate !== 'string' || !isNameplate(nameplate)) return null;
  if (typeof token !== 'string' || !isToken(token)) return null;
  return { type: 'allocated', nameplate, token };
}

/** Encodes an end's first message. */
export function encodeFirstMessage(message: FirstMessage): string {
  const { type, ...rest } = message;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return JSON.stringify({ type, version: RELAY_PROTOCOL_VERSION, ...given });
}

export function encodeRelayMessage(message: RelayMessage): string {
  return JSON.stringify(message);
}

/** The one text message an end may send after `ready`. */
export const RELEASE_MESSAGE = '{"type":"release"}';

export function isReleaseMessage(text: string): boolean {
  return parseObject(text)?.type === 'release';
}

function parseAllocate(fields: Record<string, unknown>): FirstMessage | Refused {
  const { nameplate = null } = fields;
  if (nameplate === null) return { type: 'allocate', nameplate };
  if (typeof nameplate !== 'string' || !isNameplate(nameplate)) return { refused: 'bad-hello' };
  return { type: 'allocate', nameplate };
}

function parseHello(fields: Record<string, unknown>): FirstMessage | Refused {
  const { role, key, token = null } = fields;
  if (role !== 'sender' && role !== 'receiver') return { refused: 'bad-hello' };
  if (typeof key !== 'string' || !(isNameplate(key) || isOpaqueKey(key))) return { refused: 'bad-hello' };
  if (token !== null && (typeof token !== 'string' || !isToken(token))) return { refused: 'bad-hello' };
  return { type: 'hello', role, key, token };
}

function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

function parseObject(text: string): Record<string, unknown> | null {
  if (text.length > MAX_HELLO_BYTES) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
