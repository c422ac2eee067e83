// Seals and opens the items of an encrypted classic session. Both ends follow one chain of nonces in the order of the
// items on the wire. docs/CLASSIC.md, section Keys.
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes, concat } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';

/** What happens to one item: its nonce is taken, so only once and in one direction. */
export interface ItemCipher {
  seal(plaintext: Bytes): Promise<Bytes>;
  /** Errors: `authentication-failed`. */
  open(sealed: Bytes): Promise<Bytes>;
}

export interface ClassicCipher {
  /** Takes the next nonce. Called in the order of the wire; the items may be worked on in any order. */
  next(): ItemCipher;
}

/**
 * @param key 32 bytes
 * @param sessionNonce the 32 random bytes that `enc_manifest` carries
 */
export async function createClassicCipher(key: Bytes, sessionNonce: Bytes): Promise<ClassicCipher> {
  const imported = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
  let link = sha256(sessionNonce);
  return {
    next() {
      link = sha256(link);
      const algorithm = { name: 'AES-GCM', iv: concat(link) } as const;
      return {
        async seal(plaintext) {
          return new Uint8Array(await crypto.subtle.encrypt(algorithm, imported, plaintext));
        },
        async open(sealed) {
          try {
            return new Uint8Array(await crypto.subtle.decrypt(algorithm, imported, sealed));
          } catch (cause) {
            throw new TransferError('authentication-failed', undefined, { cause });
          }
        },
      };
    },
  };
}
