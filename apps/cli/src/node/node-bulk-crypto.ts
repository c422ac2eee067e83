// Port BulkCrypto by node:crypto, called synchronously: WebCrypto makes a job of each call, with copies and garbage, which
// costs three times the work itself.
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { BulkCrypto, GcmKey } from '@p2p-copy/core';
import type { SealedBuffers } from './sealed-buffers.ts';

const ALGORITHM = 'aes-256-gcm';
const TAG_BYTES = 16;

/** What is sealed lies in `buffers`. */
export function createBulkCrypto(buffers: SealedBuffers): BulkCrypto {
  return {
    sha256: (bytes) => plain(createHash('sha256').update(bytes).digest()),
    importKey: async (key) => gcmKey(key.slice(), buffers),
  };
}

function gcmKey(key: Uint8Array, buffers: SealedBuffers): GcmKey {
  return {
    seal(iv, plaintext) {
      const cipher = createCipheriv(ALGORITHM, key, iv);
      // Every byte of it is written.
      const sealed = buffers.take(plaintext.length + TAG_BYTES);
      sealed.set(cipher.update(plaintext));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plaintext.length);
      return sealed;
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
