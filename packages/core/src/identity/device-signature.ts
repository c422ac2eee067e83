// Signatures of device keys: Ed25519 under a label, verified strictly. docs/PROTOCOL.md section 20; RFC 8032.
import { ed25519 } from '@noble/curves/ed25519.js';
import { lengthValueCat } from '../crypto/length-value.ts';
import { PROTOCOL_LABEL } from '../crypto/protocol-label.ts';
import { type Bytes, concat, utf8 } from '../foundation/bytes.ts';

/** Length of a device's public key. */
export const PUBLIC_KEY_BYTES = 32;
/** Length of a signature. */
export const SIGNATURE_BYTES = 64;

/** Statements that a device key signs; each is signed under its own name. */
export type SignatureLabel =
  | 'group found'
  | 'group add'
  | 'group remove'
  | 'card'
  | 'device proof'
  | 'pair proof';

/** A device's key. A platform that keeps it where nobody can read it gives its own. */
export interface DeviceKey {
  /** 32 bytes. */
  readonly publicKey: Bytes;
  /** Ed25519, 64 bytes. Called with labelled bytes only. */
  sign(message: Bytes): Bytes | Promise<Bytes>;
}

/** The key of a seed. @param seed 32 random bytes, which are the secret key */
export function deviceKeyOf(seed: Bytes): DeviceKey {
  const publicKey = concat(ed25519.getPublicKey(seed));
  return { publicKey, sign: (message) => concat(ed25519.sign(message, seed)) };
}

/** 64 bytes over the label and the parts. */
export async function signParts(
  key: DeviceKey,
  label: SignatureLabel,
  parts: readonly Uint8Array[],
): Promise<Bytes> {
  return key.sign(signedBytes(label, parts));
}

/** Whether the signature is right by RFC 8032 to the letter: canonical encodings, S below the order, no key of small order. */
export function isSigned(
  publicKey: Uint8Array,
  signature: Uint8Array,
  label: SignatureLabel,
  parts: readonly Uint8Array[],
): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    return ed25519.verify(signature, signedBytes(label, parts), publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/** Whether bytes are a key with which something could be signed: a canonical point, of an order that isn't small. */
export function isPublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== PUBLIC_KEY_BYTES) return false;
  try {
    const point = ed25519.Point.fromBytes(bytes, false);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
}

function signedBytes(label: SignatureLabel, parts: readonly Uint8Array[]): Bytes {
  return concat(utf8(`${PROTOCOL_LABEL} ${label}`), Uint8Array.of(0), lengthValueCat(...parts));
}
