// The body of an ahead record: digests of the sender's chunks, in runs, told before the chunks so that the receiver can
// compare. docs/PROTOCOL.md section 12.
import { type Bytes, viewOf } from '../foundation/bytes.ts';
import { violation } from './fields.ts';
import { MAX_DIGESTS } from './limits.ts';

/** Digests of consecutive chunks of one file. */
export interface AheadRun {
  fileIndex: number;
  firstChunk: number;
  /** 32 bytes for each chunk. */
  digests: Bytes;
}

const DIGEST_BYTES = 32;
const RUN_HEADER_BYTES = 12;

/** Bodies that hold all runs, each with at most MAX_DIGESTS digests. */
export function* aheadBodies(runs: Iterable<AheadRun>): Generator<Bytes> {
  let pieces: AheadRun[] = [];
  let room = MAX_DIGESTS;
  for (const { fileIndex, firstChunk, digests } of runs) {
    const count = digests.length / DIGEST_BYTES;
    for (let at = 0; at < count; ) {
      const taken = Math.min(room, count - at);
      const part = digests.subarray(at * DIGEST_BYTES, (at + taken) * DIGEST_BYTES);
      pieces.push({ fileIndex, firstChunk: firstChunk + at, digests: part });
      at += taken;
      room -= taken;
      if (room === 0) {
        yield encodeBody(pieces);
        pieces = [];
        room = MAX_DIGESTS;
      }
    }
  }
  if (pieces.length > 0) yield encodeBody(pieces);
}

/** @throws TransferError `protocol-violation` */
export function parseAheadBody(body: Bytes): AheadRun[] {
  const view = viewOf(body);
  const runs: AheadRun[] = [];
  let digests = 0;
  for (let at = 0; at < body.length; ) {
    if (at + RUN_HEADER_BYTES > body.length) throw violation('an ahead record is cut');
    const count = view.getUint32(at + 8);
    const start = at + RUN_HEADER_BYTES;
    const end = start + count * DIGEST_BYTES;
    digests += count;
    if (count < 1 || digests > MAX_DIGESTS || end > body.length)
      throw violation('an ahead record is out of range');
    runs.push({
      fileIndex: view.getUint32(at),
      firstChunk: view.getUint32(at + 4),
      digests: body.slice(start, end),
    });
    at = end;
  }
  return runs;
}

function encodeBody(runs: readonly AheadRun[]): Bytes {
  const length = runs.reduce((sum, { digests }) => sum + RUN_HEADER_BYTES + digests.length, 0);
  const body = new Uint8Array(length);
  const view = viewOf(body);
  let at = 0;
  for (const { fileIndex, firstChunk, digests } of runs) {
    view.setUint32(at, fileIndex);
    view.setUint32(at + 4, firstChunk);
    view.setUint32(at + 8, digests.length / DIGEST_BYTES);
    body.set(digests, at + RUN_HEADER_BYTES);
    at += RUN_HEADER_BYTES + digests.length;
  }
  return body;
}
