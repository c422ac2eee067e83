// X25519 with a key that lives as long as one visit to a room. RFC 7748; docs/PROTOCOL.md section 20.
import { x25519 } from '@noble/curves/ed25519.js';
import { type Bytes, concat, randomBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';

/** Length of keys and of what two ends agree on. */
export const AGREEMENT_BYTES = 32;

/** One end's key. */
export class AgreementKey {
  /** 32 bytes. */
  readonly publicKey: Bytes;
  readonly #secret: Bytes;
  #isDestroyed = false;

  /** @param secret 32 random bytes; belongs to the key */
  constructor(secret: Bytes = randomBytes(AGREEMENT_BYTES)) {
    this.#secret = secret;
    this.publicKey = concat(x25519.getPublicKey(secret));
  }

  /**
   * What both ends have in common, 32 bytes.
   * @throws TransferError `authentication-failed` for a key that makes it zeros whatever this one is (RFC 7748, section 6.1)
   */
  agree(peerKey: Uint8Array): Bytes {
    invariant(!this.#isDestroyed, 'a key that was destroyed agrees on nothing');
    let agreed: Uint8Array;
    try {
      agreed = x25519.getSharedSecret(this.#secret, peerKey);
    } catch (cause) {
      throw new TransferError('authentication-failed', undefined, { cause });
    }
    if (agreed.every((byte) => byte === 0)) throw new TransferError('authentication-failed');
    return concat(agreed);
  }

  /** Whatever was recorded can't be opened with it any more. */
  destroy(): void {
    this.#secret.fill(0);
    this.#isDestroyed = true;
  }
}
