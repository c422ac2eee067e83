// Which of two is compared with an offered file: its part of an earlier attempt, or the file under its final name. And how the
// latter becomes a part.
import type { ByteSink } from '../ports/byte-sink.ts';
import type { ByteSource } from '../ports/byte-source.ts';

/** Bytes and time of modification, in one unit for both that are compared. */
interface Dated {
  sizeBytes: number | bigint;
  modified: number | bigint;
}

/**
 * The newer one of part and final file; a part is newer than what it is to replace, unless something else was put there since.
 * An empty part has nothing to compare. Null when neither is left.
 */
export function newerExisting<Part extends Dated, Final extends Dated>(
  part: Part | null,
  final: Final | null,
): { part: Part } | { final: Final } | null {
  const isPart = part !== null && part.sizeBytes > 0 && (final === null || part.modified >= final.modified);
  if (isPart) return { part };
  return final === null ? null : { final };
}

const COPY_BYTES = 1024 * 1024;

/**
 * A new part with the first `sizeBytes` of a final file: until the commit, a look at the final name finds the file
 * that was there. Then the part is gone.
 * @throws TransferError those of the source and the sink; what `changed` makes, when the file is shorter or changes
 * meanwhile
 */
export async function copyFinal(
  source: ByteSource,
  openPart: () => Promise<ByteSink>,
  sizeBytes: number,
  changed: () => Error,
): Promise<ByteSink> {
  try {
    const sink = await openPart();
    try {
      for (let offset = 0; offset < sizeBytes; offset += COPY_BYTES) {
        const piece = new Uint8Array(Math.min(COPY_BYTES, sizeBytes - offset));
        if ((await source.read(offset, piece)) < piece.length) throw changed();
        await sink.write(offset, piece);
      }
      if (!(await source.isUnchanged())) throw changed();
      return sink;
    } catch (error) {
      await sink.abandon(false);
      throw error;
    }
  } finally {
    await source.close();
  }
}
