// The body of a digests record: final size and digest of files that have been sent whole. docs/PROTOCOL.md section 8.
import { type Bytes, viewOf } from '../foundation/bytes.ts';
import { invariant } from '../foundation/invariant.ts';
import { violation } from './fields.ts';
import { MAX_DIGESTS } from './limits.ts';

/** One row of a digests record: the final size and digest of a file. */
export interface FinalDigest {
  fileIndex: number;
  sizeBytes: number;
  /** 32 bytes. */
  digest: Bytes;
}

const ROW_BYTES = 44;

/** The body of a digests record, of 1 to MAX_DIGESTS rows. */
export function encodeDigestsBody(rows: readonly FinalDigest[]): Bytes {
  invariant(rows.length >= 1 && rows.length <= MAX_DIGESTS, 'digest count out of range');
  const body = new Uint8Array(rows.length * ROW_BYTES);
  const view = viewOf(body);
  rows.forEach(({ fileIndex, sizeBytes, digest }, i) => {
    view.setUint32(i * ROW_BYTES, fileIndex);
    view.setBigUint64(i * ROW_BYTES + 4, BigInt(sizeBytes));
    body.set(digest, i * ROW_BYTES + 12);
  });
  return body;
}

/** @throws TransferError `protocol-violation` */
export function parseDigestsBody(body: Bytes): FinalDigest[] {
  const count = body.length / ROW_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > MAX_DIGESTS) {
    throw violation('a digests record’s length is out of range');
  }
  const view = viewOf(body);
  return Array.from({ length: count }, (_, i) => {
    const sizeBytes = view.getBigUint64(i * ROW_BYTES + 4);
    if (sizeBytes > BigInt(Number.MAX_SAFE_INTEGER)) throw violation('a size is out of range');
    return {
      fileIndex: view.getUint32(i * ROW_BYTES),
      sizeBytes: Number(sizeBytes),
      digest: body.slice(i * ROW_BYTES + 12, (i + 1) * ROW_BYTES),
    };
  });
}
