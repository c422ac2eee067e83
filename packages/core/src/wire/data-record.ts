// The body of a data record: which chunks of which files, then their bytes. docs/PROTOCOL.md section 8.
import { type Bytes, viewOf } from '../foundation/bytes.ts';
import { invariant } from '../foundation/invariant.ts';
import { violation } from './fields.ts';
import { CHUNK_BYTES, MAX_SLICES } from './limits.ts';
import { RECORD_HEADER_BYTES } from './record.ts';

/** One chunk of one file. */
export interface Slice {
  fileIndex: number;
  /** A multiple of CHUNK_BYTES. */
  offset: number;
  /** 1 … CHUNK_BYTES; shorter than a chunk only at the end of the file. */
  length: number;
}

/** The body of a data record: where its bytes belong, and the bytes. */
export interface DataBody {
  /** Position of the record among all data records of the transfer, whatever lane carries it. */
  sequence: number;
  slices: Slice[];
  /** Sum of the slices' lengths. */
  payloadBytes: number;
  /** The slices' bytes one after the other, or one zstd frame of them. A view into the body, unless it was left out. */
  payload: Bytes;
}

const SEQUENCE_AND_COUNT_BYTES = 10;
const SLICE_BYTES = 16;

/** Bytes of a record before its payload, record header included. */
export function dataHeaderBytes(sliceCount: number): number {
  return RECORD_HEADER_BYTES + SEQUENCE_AND_COUNT_BYTES + sliceCount * SLICE_BYTES;
}

/** Writes sequence and slice table behind the record header of `plaintext`; the payload follows them. */
export function writeDataHeader(plaintext: Bytes, sequence: number, slices: readonly Slice[]): void {
  invariant(slices.length >= 1 && slices.length <= MAX_SLICES, 'slice count out of range');
  const view = viewOf(plaintext);
  view.setBigUint64(RECORD_HEADER_BYTES, BigInt(sequence));
  view.setUint16(RECORD_HEADER_BYTES + 8, slices.length);
  let at = RECORD_HEADER_BYTES + SEQUENCE_AND_COUNT_BYTES;
  for (const { fileIndex, offset, length } of slices) {
    view.setUint32(at, fileIndex);
    view.setBigUint64(at + 4, BigInt(offset));
    view.setUint32(at + 12, length);
    at += SLICE_BYTES;
  }
}

/**
 * Whether the slices fit the manifest is checked where the manifest is known.
 * @param isZeros whether the payload was left out, being zeros
 * @throws TransferError `protocol-violation`
 */
export function parseDataBody(body: Bytes, isZeros = false): DataBody {
  if (body.length < SEQUENCE_AND_COUNT_BYTES) throw violation('a data record is too short');
  const view = viewOf(body);
  const sequence = safeInteger(view.getBigUint64(0));
  const count = view.getUint16(8);
  const payloadAt = SEQUENCE_AND_COUNT_BYTES + count * SLICE_BYTES;
  if (count < 1 || count > MAX_SLICES || payloadAt > body.length)
    throw violation('a slice table is out of range');
  const slices: Slice[] = [];
  let payloadBytes = 0;
  for (let at = SEQUENCE_AND_COUNT_BYTES; at < payloadAt; at += SLICE_BYTES) {
    const slice = {
      fileIndex: view.getUint32(at),
      offset: safeInteger(view.getBigUint64(at + 4)),
      length: view.getUint32(at + 12),
    };
    if (slice.length < 1 || slice.length > CHUNK_BYTES || slice.offset % CHUNK_BYTES !== 0) {
      throw violation('a slice is not a chunk');
    }
    payloadBytes += slice.length;
    slices.push(slice);
  }
  // The bound on what a compressed payload may expand to.
  if (payloadBytes > CHUNK_BYTES) throw violation('a data record carries too much');
  if (isZeros && payloadAt < body.length) throw violation('a payload of zeros that was sent');
  const payload = isZeros ? new Uint8Array(payloadBytes) : body.subarray(payloadAt);
  return { sequence, slices, payloadBytes, payload };
}

function safeInteger(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw violation('a number is out of range');
  return Number(value);
}
