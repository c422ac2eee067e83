// Whole chunks of zeros, as a sparse file has many: known without hashing each of them. docs/PROTOCOL.md section 10.
import { type Bytes, isZero } from '../foundation/bytes.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

let zerosDigest: Bytes | Promise<Bytes> | null = null;

/** Whether it is a whole chunk of zeros. */
export function isZeroChunk(bytes: Uint8Array): boolean {
  return bytes.length === CHUNK_BYTES && isZero(bytes);
}

/** The digest of a chunk; that of a chunk of zeros is worked out once. */
export function chunkDigest(
  bytes: Bytes,
  bulk: BulkCrypto,
  isZeros = isZeroChunk(bytes),
): Bytes | Promise<Bytes> {
  if (!isZeros) return bulk.sha256(bytes);
  zerosDigest ??= bulk.sha256(new Uint8Array(CHUNK_BYTES));
  return zerosDigest;
}
