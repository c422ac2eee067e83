// Seals and opens the items of an encrypted classic session. Both ends follow one chain of nonces in the order of the
// items on the wire. docs/CLASSIC.md, section Keys.
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes, concat } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';

/** What happens to one item: its nonce is taken, so only once and in one direction. */
export interface ItemCipher {
  seal(plaintext: Bytes): Promise<Bytes>;
  /** @throws TransferError `authentication-failed` */
  open(sealed: Bytes): Promise<Bytes>;
}

/** Seals and opens the items of one direction of an encrypted session, each under its own nonce. */
export interface ClassicCipher {
  /** Takes the next nonce. Called in the order of the wire; the items may be worked on in any order. */
  next(): ItemCipher;
}

/**
 * @param key 32 bytes
 * @param sessionNonce the 32 random bytes that `enc_manifest` carries
 */
export async function createClassicCipher(
  key: Bytes,
  sessionNonce: Bytes,
  bulk: BulkCrypto,
): Promise<ClassicCipher> {
  const imported = await bulk.importKey(key);
  let link = sha256(sessionNonce);
  return {
    next() {
      link = sha256(link);
      const iv = concat(link);
      return {
        async seal(plaintext) {
          return imported.seal(iv, plaintext);
        },
        async open(sealed) {
          try {
            return await imported.open(iv, sealed);
          } catch (cause) {
            throw new TransferError('authentication-failed', undefined, { cause });
          }
        },
      };
    },
  };
}
