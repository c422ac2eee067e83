// Reads a zstd frame's header, so that no decoder runs before the size of its output is known and bounded.
// RFC 8878 section 3.1.1.
import { viewOf } from '../foundation/bytes.ts';

const MAGIC = 0x28b52ffd;

/** The content size that a frame states, in bytes; null when these bytes are no frame that states one. */
export function statedContentSize(frame: Uint8Array): number | null {
  if (frame.length < 5) return null;
  const view = viewOf(frame);
  if (view.getUint32(0) !== MAGIC) return null;
  const descriptor = frame[4]!;
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3]!;
  const at = 5 + (singleSegment ? 0 : 1) + dictionaryIdBytes;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 2 ** sizeFlag;
  if (sizeBytes === 0 || at + sizeBytes > frame.length) return null;
  switch (sizeBytes) {
    case 1:
      return frame[at]!;
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
