// Port BulkCrypto by node:crypto, called synchronously: WebCrypto makes a job of each call, with copies and garbage, which
// costs three times the work itself.
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { BulkCrypto, GcmKey } from '@p2p-copy/core';

const ALGORITHM = 'aes-256-gcm';
const TAG_BYTES = 16;

export const nodeBulkCrypto: BulkCrypto = {
  sha256: (bytes) => plain(createHash('sha256').update(bytes).digest()),
  importKey: async (key) => gcmKey(key.slice()),
};

function gcmKey(key: Uint8Array): GcmKey {
  return {
    seal(iv, plaintext) {
      const cipher = createCipheriv(ALGORITHM, key, iv);
      // Of a buffer of its own, and every byte of it is written.
      const sealed = Buffer.allocUnsafeSlow(plaintext.length + TAG_BYTES);
      sealed.set(cipher.update(plaintext));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plaintext.length);
      return plain(sealed);
    },
    open(iv, sealed) {
      const end = sealed.length - TAG_BYTES;
      if (end < 0) throw new Error('shorter than a tag');
      const decipher = createDecipheriv(ALGORITHM, key, iv);
      decipher.setAuthTag(sealed.subarray(end));
      const plaintext = decipher.update(sealed.subarray(0, end));
      decipher.final();
      return plain(plaintext);
    },
  };
}

/** The same bytes without Buffer's own ideas of `slice` and the like. */
function plain(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.length);
}
