// Seals and opens records: AES-256-GCM with a counter nonce. Each connection and direction has its own key, so a
// nonce never repeats, and a record opens only at its own position. docs/PROTOCOL.md section 8.
import { type Bytes, viewOf } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { InvariantError } from '../foundation/invariant.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';

const NONCE_BYTES = 12;

/** Seals the records of one direction of one connection. */
export interface RecordSealer {
  /** Seals the next record. Calls may overlap: position follows the order of calls, not of completion. */
  seal(plaintext: Bytes): Promise<Bytes>;
}

/** Opens the records of one direction of one connection; a record opens only at its own position. */
export interface RecordOpener {
  /**
   * Opens the next record; order as for `seal`.
   * @throws TransferError `authentication-failed`
   */
  open(sealed: Bytes): Promise<Bytes>;
}

/** @param key 32 bytes. */
export async function createSealer(key: Bytes, { importKey }: BulkCrypto): Promise<RecordSealer> {
  const imported = await importKey(key);
  let counter = 0;
  return {
    async seal(plaintext) {
      return imported.seal(nonceAt(counter++), plaintext);
    },
  };
}

/** @param key 32 bytes. */
export async function createOpener(key: Bytes, { importKey }: BulkCrypto): Promise<RecordOpener> {
  const imported = await importKey(key);
  let counter = 0;
  return {
    async open(sealed) {
      const iv = nonceAt(counter++);
      try {
        return await imported.open(iv, sealed);
      } catch (cause) {
        throw new TransferError('authentication-failed', undefined, { cause });
      }
    },
  };
}

function nonceAt(counter: number): Bytes {
  // 2^53 records of 256 KiB are out of reach; wrapping would repeat a nonce.
  if (counter >= Number.MAX_SAFE_INTEGER) throw new InvariantError('record counter exhausted');
  const nonce = new Uint8Array(NONCE_BYTES);
  viewOf(nonce).setBigUint64(4, BigInt(counter));
  return nonce;
}
