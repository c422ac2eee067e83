// The body of a keep record: chunks that aren't sent, because what lies at the receiver is the same.
// docs/PROTOCOL.md section 12.
import { type Bytes, viewOf } from '../foundation/bytes.ts';
import { violation } from './fields.ts';
import { MAX_DIGESTS } from './limits.ts';

/** Consecutive chunks of one file. */
export interface KeepRow {
  fileIndex: number;
  firstChunk: number;
  count: number;
}

const ROW_BYTES = 12;

export function encodeKeepBody(rows: readonly KeepRow[]): Bytes {
  const body = new Uint8Array(rows.length * ROW_BYTES);
  const view = viewOf(body);
  rows.forEach(({ fileIndex, firstChunk, count }, i) => {
    view.setUint32(i * ROW_BYTES, fileIndex);
    view.setUint32(i * ROW_BYTES + 4, firstChunk);
    view.setUint32(i * ROW_BYTES + 8, count);
  });
  return body;
}

/** Errors: `protocol-violation`. Whether the chunks were reported is checked where the reports are known. */
export function parseKeepBody(body: Bytes): KeepRow[] {
  const rows = body.length / ROW_BYTES;
  if (!Number.isInteger(rows) || rows < 1 || rows > MAX_DIGESTS) {
    throw violation('a keep record’s length is out of range');
  }
  const view = viewOf(body);
  return Array.from({ length: rows }, (_, i) => {
    const count = view.getUint32(i * ROW_BYTES + 8);
    if (count < 1) throw violation('a keep record keeps nothing');
    return { fileIndex: view.getUint32(i * ROW_BYTES), firstChunk: view.getUint32(i * ROW_BYTES + 4), count };
  });
}
