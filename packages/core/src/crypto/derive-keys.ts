// The key schedule: every key comes from a handshake's session key by HKDF-SHA-256. docs/PROTOCOL.md section 7.
import { type Bytes, concat, u32, utf8, viewOf } from '../foundation/bytes.ts';
import { PROTOCOL_LABEL } from './protocol-label.ts';

/** Which way a record travels. Each direction of each connection has a key of its own. */
export type Direction = 'sender to receiver' | 'receiver to sender';

const KEY_BYTES = 32;
const VERIFIER_BYTES = 6;
const SESSION_NAME_BYTES = 16;
const NO_CONTEXT = new Uint8Array(0);

/** The AES key of the records that go one way, 32 bytes. */
export function deriveRecordKey(sessionKey: Bytes, direction: Direction): Promise<Bytes> {
  return derive(sessionKey, 'record key', utf8(direction), KEY_BYTES);
}

/** Indices, each under 2,048, of the four words that people compare aloud. */
export async function deriveVerifier(sessionKey: Bytes): Promise<number[]> {
  const view = viewOf(await derive(sessionKey, 'verifier', NO_CONTEXT, VERIFIER_BYTES));
  const bits = (BigInt(view.getUint32(0)) << 16n) | BigInt(view.getUint16(4));
  return [37n, 26n, 15n, 4n].map((shift) => Number((bits >> shift) & 0x7ffn));
}

/** What every later meeting of the same transfer is proved with. */
export function deriveTransferSecret(sessionKey: Bytes): Promise<Bytes> {
  return derive(sessionKey, 'transfer secret', NO_CONTEXT, KEY_BYTES);
}

/** What names a session, so that two ends can tell whether they are still in the same one. 16 bytes. */
export function deriveSessionName(sessionKey: Bytes): Promise<Bytes> {
  return derive(sessionKey, 'session name', NO_CONTEXT, SESSION_NAME_BYTES);
}

/** The opaque key under which both ends meet again for `lane`. */
export function deriveLanePairingKey(transferSecret: Bytes, lane: number): Promise<Bytes> {
  return derive(transferSecret, 'lane pairing key', u32(lane), KEY_BYTES);
}

/** The password-related string of the handshake on `lane`. */
export function deriveLaneSecret(transferSecret: Bytes, lane: number): Promise<Bytes> {
  return derive(transferSecret, 'lane secret', u32(lane), KEY_BYTES);
}

/** What proves a dialler to a listener. @param nonce the listener's, 16 bytes */
export function deriveDialKey(transferSecret: Bytes, nonce: Bytes): Promise<Bytes> {
  return derive(transferSecret, 'dial key', nonce, KEY_BYTES);
}

/** The AES key of the wrapped messages that go one way. @param r of the first frame, 16 bytes */
export function deriveDialWrapKey(dialKey: Bytes, r: Bytes, direction: Direction): Promise<Bytes> {
  return derive(dialKey, 'dial wrap', concat(r, utf8(direction)), KEY_BYTES);
}

/** What proofs of device keys are bound to: one connection, 32 bytes. docs/PROTOCOL.md section 20. */
export function deriveProofBinding(sessionKey: Bytes): Promise<Bytes> {
  return derive(sessionKey, 'device proof', NO_CONTEXT, KEY_BYTES);
}

/** HKDF-SHA-256 with the label and context of docs/PROTOCOL.md section 7. @param length bytes of the result */
export async function derive(
  secret: Bytes,
  label: string,
  context: Uint8Array,
  length: number,
): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const info = concat(utf8(`${PROTOCOL_LABEL} ${label}`), Uint8Array.of(0), context);
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: NO_CONTEXT, info } as const;
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8));
}
