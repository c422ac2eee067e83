// Decodes a payload made by any zstd encoder: several frames, with or without a stated size, within a bound that holds
// before anything is decoded. docs/CLASSIC.md, section "What our ends do beyond it".
import { concat } from '../foundation/bytes.ts';
import type { Zstd } from '../ports/zstd.ts';
import { splitFrames, type ZstdFrame } from './zstd-frame.ts';

/** Frames that don't state their size are decoded when they can't become more than this, and then measured. */
const MAX_UNSIZED_BYTES = 16 * 1024 * 1024;
/** RFC 8878 section 3.1.1.1.2 asks decoders for this much; encoders of chunks need less. */
const MAX_WINDOW_BYTES = 8 * 1024 * 1024;

/** The content, at most `maxBytes` of it; null when the payload is corrupt, truncated or larger. */
export async function decodeZstdPayload(
  zstd: Zstd,
  payload: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array | null> {
  const frames = splitFrames(payload);
  if (frames === null || frames.length === 0) return null;
  const stated = frames.reduce((sum, { statedBytes }) => sum + (statedBytes ?? 0), 0);
  const unsized = frames.reduce((sum, frame) => sum + (frame.statedBytes === null ? frame.maxBytes : 0), 0);
  if (stated > maxBytes || unsized > MAX_UNSIZED_BYTES) return null;
  if (frames.some(({ windowBytes }) => windowBytes > MAX_WINDOW_BYTES)) return null;
  const contents: Uint8Array[] = [];
  try {
    for (const frame of frames) contents.push(await decodeFrame(zstd, frame, maxBytes));
  } catch {
    return null;
  }
  const [first] = contents as [Uint8Array];
  const content = contents.length === 1 ? first : concat(...contents);
  return content.length <= maxBytes ? content : null;
}

/** @throws TransferError throws when the frame is corrupt */
async function decodeFrame(zstd: Zstd, frame: ZstdFrame, maxBytes: number): Promise<Uint8Array> {
  const { bytes, statedBytes } = frame;
  if (frame.maxBytes === 0) {
    // Decoders differ in how they answer to a frame of nothing.
    if (statedBytes === null || statedBytes === 0) return new Uint8Array(0);
    throw new Error('a frame states content and has none');
  }
  if (statedBytes === 0) throw new Error('a frame has content and states none');
  if (statedBytes !== null) return zstd.decompress(bytes, statedBytes);
  return zstd.decompressUnsized(bytes, maxBytes);
}
