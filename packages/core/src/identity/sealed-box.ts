// AES-256-GCM for what is small and rare: cards, and messages in a room. docs/PROTOCOL.md section 20.
import { type Bytes, viewOf } from '../foundation/bytes.ts';

const NONCE_BYTES = 12;
/** Bytes that sealing adds. */
export const TAG_BYTES = 16;

/** @param key 32 bytes. @param counter of this key, never the same twice */
export async function sealBox(
  key: Bytes,
  counter: number,
  plaintext: Bytes,
  additionalData?: Bytes,
): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  return new Uint8Array(
    await crypto.subtle.encrypt(algorithmOf(counter, additionalData), imported, plaintext),
  );
}

/** The plaintext; null when the tag is wrong. */
export async function openBox(
  key: Bytes,
  counter: number,
  sealed: Bytes,
  additionalData?: Bytes,
): Promise<Bytes | null> {
  const imported = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt(algorithmOf(counter, additionalData), imported, sealed),
    );
  } catch {
    return null;
  }
}

function algorithmOf(counter: number, additionalData: Bytes | undefined) {
  const iv = new Uint8Array(NONCE_BYTES);
  viewOf(iv).setBigUint64(4, BigInt(counter));
  const name = 'AES-GCM' as const;
  return additionalData === undefined ? { name, iv } : { name, iv, additionalData };
}
