// Reads the structure of zstd frames, so that no decoder runs before the size of its output is bounded and the frame is
// known to be whole. RFC 8878 section 3.1.1.
import { viewOf } from '../foundation/bytes.ts';

const MAGIC = 0x28b52ffd;
const HEADER_MIN_BYTES = 5;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
/** What one compressed block can become, at most. */
const MAX_BLOCK_BYTES = 128 * 1024;

/** One whole frame of a payload. */
export interface ZstdFrame {
  bytes: Uint8Array;
  /** What the frame says its content has; null when it doesn't say. */
  statedBytes: number | null;
  /** What its content can have at most, from its blocks. */
  maxBytes: number;
  /** How far back its decoder must remember. */
  windowBytes: number;
}

/** The content size that a frame states, in bytes; null unless the payload is one whole frame, and nothing else, that states one. */
export function statedContentSize(payload: Uint8Array): number | null {
  const [frame, ...others] = splitFrames(payload) ?? [];
  if (frame === undefined || others.length > 0 || frame.bytes.length !== payload.length) return null;
  return frame.statedBytes;
}

/** The frames of a payload, in order, skippable ones left out; null when it isn't a row of whole frames. */
export function splitFrames(payload: Uint8Array): ZstdFrame[] | null {
  const frames: ZstdFrame[] = [];
  const view = viewOf(payload);
  for (let at = 0; at < payload.length; ) {
    const skippableEnd = skippableFrameEnd(view, at);
    const frame = skippableEnd === null ? frameAt(payload, at) : null;
    const end = skippableEnd ?? (frame === null ? null : at + frame.bytes.length);
    if (end === null || end > payload.length) return null;
    if (frame !== null) frames.push(frame);
    at = end;
  }
  return frames;
}

interface Header {
  /** Where the first block begins. */
  end: number;
  statedBytes: number | null;
  windowBytes: number;
  hasChecksum: boolean;
}

function parseHeader(payload: Uint8Array, at: number): Header | null {
  if (payload.length - at < HEADER_MIN_BYTES) return null;
  const view = viewOf(payload);
  if (view.getUint32(at) !== MAGIC) return null;
  const descriptor = payload[at + 4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3]!;
  const windowAt = at + HEADER_MIN_BYTES;
  const sizeAt = windowAt + (isSingleSegment ? 0 : 1) + dictionaryIdBytes;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag;
  const end = sizeAt + sizeBytes;
  if (end > payload.length) return null;
  const statedBytes = contentSizeAt(view, sizeAt, sizeBytes);
  return {
    end,
    statedBytes,
    windowBytes: isSingleSegment ? (statedBytes ?? Number.POSITIVE_INFINITY) : windowSize(payload[windowAt]!),
    hasChecksum: (descriptor & 4) !== 0,
  };
}

function contentSizeAt(view: DataView, at: number, sizeBytes: number): number | null {
  switch (sizeBytes) {
    case 0:
      return null;
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    default: {
      const size = view.getBigUint64(at, true);
      return size > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(size);
    }
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Walks the blocks to the last one. */
function frameAt(payload: Uint8Array, start: number): ZstdFrame | null {
  const header = parseHeader(payload, start);
  if (header === null) return null;
  const { statedBytes, windowBytes, hasChecksum } = header;
  let at = header.end;
  let maxBytes = 0;
  for (let isLast = false; !isLast; ) {
    if (at + BLOCK_HEADER_BYTES > payload.length) return null;
    const block = payload[at]! | (payload[at + 1]! << 8) | (payload[at + 2]! << 16);
    const sizeBytes = block >> 3;
    isLast = (block & 1) !== 0;
    at += BLOCK_HEADER_BYTES;
    switch ((block >> 1) & 3) {
      case 0: // raw
        at += sizeBytes;
        maxBytes += sizeBytes;
        break;
      case 1: // one byte, repeated
        at += 1;
        maxBytes += sizeBytes;
        break;
      case 2: // compressed
        at += sizeBytes;
        maxBytes += MAX_BLOCK_BYTES;
        break;
      default:
        return null;
    }
  }
  if (hasChecksum) at += CHECKSUM_BYTES;
  if (at > payload.length) return null;
  return { bytes: payload.subarray(start, at), statedBytes, maxBytes, windowBytes };
}

function skippableFrameEnd(view: DataView, at: number): number | null {
  if (view.byteLength - at < 8) return null;
  const magic = view.getUint32(at, true);
  if (magic >>> 4 !== 0x184d2a5) return null;
  return at + 8 + view.getUint32(at + 4, true);
}
