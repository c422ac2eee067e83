// Port BulkCrypto by WebCrypto: what browsers have.
import type { BulkCrypto } from '../ports/bulk-crypto.ts';

const ALGORITHM = 'AES-GCM';

/** SHA-256 and AES-256-GCM of WebCrypto: in every browser, in every worker, in Node. */
export const webBulkCrypto: BulkCrypto = {
  async sha256(bytes) {
    return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  },
  async importKey(key) {
    const imported = await crypto.subtle.importKey('raw', key, ALGORITHM, false, ['encrypt', 'decrypt']);
    return {
      async seal(iv, plaintext) {
        return new Uint8Array(await crypto.subtle.encrypt({ name: ALGORITHM, iv }, imported, plaintext));
      },
      async open(iv, sealed) {
        return new Uint8Array(await crypto.subtle.decrypt({ name: ALGORITHM, iv }, imported, sealed));
      },
    };
  },
};
