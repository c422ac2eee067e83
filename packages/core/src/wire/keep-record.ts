// The body of a keep record: which of the chunks whose digests were told ahead the receiver keeps, and which it wants.
// docs/PROTOCOL.md section 12.
import { type Bytes, viewOf } from '../foundation/bytes.ts';
import { violation } from './fields.ts';
import { MAX_AHEAD } from './limits.ts';

/** The answer about consecutive chunks of one file. */
export interface KeepRow {
  fileIndex: number;
  firstChunk: number;
  count: number;
  /** False for chunks that are to be sent. */
  isKept: boolean;
}

const ROW_BYTES = 13;

/** The body of a `keep` record: 13 bytes for each row. */
export function encodeKeepBody(rows: readonly KeepRow[]): Bytes {
  const body = new Uint8Array(rows.length * ROW_BYTES);
  const view = viewOf(body);
  rows.forEach(({ fileIndex, firstChunk, count, isKept }, i) => {
    view.setUint32(i * ROW_BYTES, fileIndex);
    view.setUint32(i * ROW_BYTES + 4, firstChunk);
    view.setUint32(i * ROW_BYTES + 8, count);
    view.setUint8(i * ROW_BYTES + 12, isKept ? 1 : 0);
  });
  return body;
}

/**
 * Whether the chunks were told is checked where they are known.
 * @throws TransferError `protocol-violation`
 */
export function parseKeepBody(body: Bytes): KeepRow[] {
  const rows = body.length / ROW_BYTES;
  if (!Number.isInteger(rows) || rows < 1 || rows > MAX_AHEAD) {
    throw violation('a keep record’s length is out of range');
  }
  const view = viewOf(body);
  return Array.from({ length: rows }, (_, i) => {
    const count = view.getUint32(i * ROW_BYTES + 8);
    const kept = view.getUint8(i * ROW_BYTES + 12);
    if (count < 1 || kept > 1) throw violation('a keep record answers nothing');
    return {
      fileIndex: view.getUint32(i * ROW_BYTES),
      firstChunk: view.getUint32(i * ROW_BYTES + 4),
      count,
      isKept: kept === 1,
    };
  });
}
