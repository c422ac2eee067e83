// Port: the two primitives that every byte passes through. WebCrypto has them everywhere; a platform with faster ones
// gives its own. Implementations may answer at once or later.
import type { Bytes } from '../foundation/bytes.ts';

/** SHA-256 and AES-256-GCM of a platform. */
export interface BulkCrypto {
  /** SHA-256, 32 bytes. */
  sha256(bytes: Bytes): Bytes | Promise<Bytes>;
  /** @param key of AES-256-GCM, 32 bytes */
  importKey(key: Bytes): Promise<GcmKey>;
  /**
   * Gives back the memory of bytes that nobody looks at any more, with all that lies in the same buffer. Where a platform
   * has no such thing, its garbage collection does that.
   */
  release?(bytes: Bytes): void;
}

/** AES-256-GCM with a tag of 16 bytes at the end, and no associated data. */
export interface GcmKey {
  /** @param iv of any length from 1; never the same twice */
  seal(iv: Bytes, plaintext: Bytes): Bytes | Promise<Bytes>;
  /**
   * `sealed` belongs to it from here on.
   * @throws TransferError throws anything when the tag is wrong
   */
  open(iv: Bytes, sealed: Bytes): Bytes | Promise<Bytes>;
}
