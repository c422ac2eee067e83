// Text messages between an end and the relay: parse untrusted text, encode our own. docs/PROTOCOL.md section 4.
import { type AccessProof, MAX_PROOF_LENGTH, NO_PROOF, parseAccessProof } from './access-token.ts';
import { CLOSE_CODES, type CloseName } from './close-codes.ts';
import {
  MAX_HELLO_BYTES,
  MAX_NAMEPLATE_DIGITS,
  MAX_RETRY_AFTER_MS,
  MIN_STUN_PORT,
  OLDEST_RELAY_VERSION,
  RELAY_PROTOCOL_VERSION,
} from './constants.ts';
import { parseFeatures } from './features.ts';
import { isNameplate, isOpaqueKey } from './pairing-key.ts';

/** Which end of a transfer. */
export type Role = 'sender' | 'receiver';

/** What an end asks the relay for. */
export type FirstMessage =
  /** `isDrawn`: the sender drew the nameplate itself and can draw another. */
  /** `token`: with which the sender held the nameplate before the relay forgot it. */
  | { type: 'allocate'; nameplate: string | null; isDrawn: boolean; token: string | null }
  | { type: 'hello'; role: Role; key: string; token: string | null };

/** An end's first message, with who says it. */
export type Announcement = FirstMessage & {
  /** A version that this relay takes. */
  version: number;
  features: readonly string[];
  proof: AccessProof;
};

/** What the relay says. */
export type RelayMessage =
  | { type: 'allocated'; nameplate: string; token: string; features: readonly string[] }
  /** `pass`: admits later connections of the same transfer; null where none is needed, and to a receiver. */
  /** `stunPort`: UDP port of the relay's STUN server, at the relay's own host; null where it has none. */
  | { type: 'ready'; features: readonly string[]; pass: string | null; stunPort: number | null }
  /** In place of `allocated` or `ready`: the pairing is at another relay. `url` is unchecked. */
  | { type: 'redirect'; url: string }
  | RelayErrorMessage;

/** Why the relay is about to close the connection. What isn't known, or is out of range, is null. */
export interface RelayErrorMessage {
  type: 'error';
  /** null for a code that this version doesn't know. */
  code: CloseName | null;
  /** Pause before another attempt, in ms. */
  retryAfterMs: number | null;
  /** Digits of nameplates among which most are free. */
  digits: number | null;
  /** Whether the sender of the nameplate is only away, and may be back soon. */
  isAway?: true;
}

/** `version` as the end says it, or null: newer ones read errors too. */
export interface RefusedAnnouncement {
  refused: CloseName;
  version: number | null;
}

/** Parses an end's first message. Returns the close name to refuse it with when it isn't one. */
export function parseFirstMessage(text: string): Announcement | RefusedAnnouncement {
  const fields = parseObject(text);
  if (fields === null) return { refused: 'bad-hello', version: null };
  const { type, version } = fields;
  if (type !== 'allocate' && type !== 'hello') return { refused: 'bad-hello', version: null };
  if (typeof version !== 'number') return { refused: 'bad-hello', version: null };
  if (!isSpoken(version)) return { refused: 'wrong-version', version };
  const features = parseFeatures(fields.features);
  const first = type === 'allocate' ? parseAllocate(fields, version) : parseHello(fields);
  const proof = parseAccessProof(fields);
  if (first === null || features === null || proof === null) return { refused: 'bad-hello', version };
  return { ...first, version, features, proof };
}

/** Parses what the relay says; null when it isn't a message of this protocol. */
export function parseRelayMessage(text: string): RelayMessage | null {
  const fields = parseObject(text);
  switch (fields?.type) {
    case 'allocated':
      return parseAllocated(fields);
    case 'ready':
      return parseReady(fields);
    case 'redirect':
      return typeof fields.url === 'string' ? { type: 'redirect', url: fields.url } : null;
    case 'error':
      return parseError(fields);
    default:
      return null;
  }
}

/** Encodes an end's first message, as one of the newest version. */
export function encodeFirstMessage(
  message: FirstMessage,
  features: readonly string[] = [],
  { accessToken, pass }: AccessProof = NO_PROOF,
): string {
  const common = {
    version: RELAY_PROTOCOL_VERSION,
    features,
    ...(accessToken !== null && { accessToken }),
    ...(pass !== null && { pass }),
  };
  if (message.type === 'hello') {
    const { type, role, key, token } = message;
    return JSON.stringify({ type, ...common, role, key, ...(token !== null && { token }) });
  }
  const { type, nameplate, isDrawn, token } = message;
  return JSON.stringify({
    type,
    ...common,
    ...(nameplate !== null && { nameplate }),
    ...(isDrawn && { drawn: true }),
    ...(token !== null && { token }),
  });
}

/** The one text message an end may send after `ready`. */
export const RELEASE_MESSAGE = '{"type":"release"}';

/** Whether a text message is that one. */
export function isReleaseMessage(text: string): boolean {
  return parseObject(text)?.type === 'release';
}

function isSpoken(version: number): boolean {
  return Number.isInteger(version) && version >= OLDEST_RELAY_VERSION && version <= RELAY_PROTOCOL_VERSION;
}

/** Version 2 knows no drawn nameplates, and no nameplates that were forgotten: there the fields are ignored. */
function parseAllocate(fields: Record<string, unknown>, version: number): FirstMessage | null {
  const { nameplate = null, drawn = false } = fields;
  const isDrawn = version >= 3 && drawn;
  if (typeof isDrawn !== 'boolean') return null;
  if (nameplate === null) return { type: 'allocate', nameplate, isDrawn: false, token: null };
  if (typeof nameplate !== 'string' || !isNameplate(nameplate)) return null;
  const { token = null } = version >= 3 ? fields : {};
  if (token !== null && (typeof token !== 'string' || !isToken(token))) return null;
  return { type: 'allocate', nameplate, isDrawn, token };
}

function parseHello(fields: Record<string, unknown>): FirstMessage | null {
  const { role, key, token = null } = fields;
  if (role !== 'sender' && role !== 'receiver') return null;
  if (typeof key !== 'string' || !(isNameplate(key) || isOpaqueKey(key))) return null;
  if (token !== null && (typeof token !== 'string' || !isToken(token))) return null;
  return { type: 'hello', role, key, token };
}

/** A pass or a port that is out of range is of no use, and changes nothing about the pair. */
function parseReady(fields: Record<string, unknown>): RelayMessage | null {
  const { pass } = fields;
  const features = parseFeatures(fields.features);
  const isUsable = typeof pass === 'string' && pass !== '' && pass.length <= MAX_PROOF_LENGTH;
  if (features === null) return null;
  const stunPort = wholeOrNull(fields.stunPort, MIN_STUN_PORT, 65_535);
  return { type: 'ready', features, pass: isUsable ? pass : null, stunPort };
}

function parseAllocated(fields: Record<string, unknown>): RelayMessage | null {
  const { nameplate, token } = fields;
  const features = parseFeatures(fields.features);
  if (features === null) return null;
  if (typeof nameplate !== 'string' || !isNameplate(nameplate)) return null;
  if (typeof token !== 'string' || !isToken(token)) return null;
  return { type: 'allocated', nameplate, token, features };
}

/** Room for more: a field that is of no use to this version doesn't make the message another. */
function parseError({ code, retryAfterMs, digits, away }: Record<string, unknown>): RelayErrorMessage | null {
  if (typeof code !== 'string') return null;
  return {
    type: 'error',
    code: Object.hasOwn(CLOSE_CODES, code) ? (code as CloseName) : null,
    retryAfterMs: wholeOrNull(retryAfterMs, 0, MAX_RETRY_AFTER_MS),
    digits: wholeOrNull(digits, 1, MAX_NAMEPLATE_DIGITS),
    ...(away === true && { isAway: true }),
  };
}

function wholeOrNull(value: unknown, min: number, max: number): number | null {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
    ? (value as number)
    : null;
}

function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

/** The fields of a JSON object; null for what is none, or longer than `maxLength` characters. */
export function parseObject(text: string, maxLength = MAX_HELLO_BYTES): Record<string, unknown> | null {
  if (text.length > maxLength) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
