// Whether a file that grew meanwhile still begins with what was offered: the ends of the offered range are noted when it is
// offered, since the rest isn't read before it is sent. A file that was written anew in its place is another one.
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { openFlags } from './open-flags.ts';

/** At either end of what is offered. */
const SAMPLE_BYTES = 4096;

/** Most offers have no more files; one that has doesn't wait long for these. */
const MOST_SAMPLED = 256;

/** Samples of the first files of an offer. */
export class OfferedSamples {
  #left = MOST_SAMPLED;

  /** Null for none. */
  of(diskPath: string, sizeBytes: number | null, follows: boolean): Promise<string | null> | null {
    if (sizeBytes === null || this.#left === 0) return null;
    this.#left -= 1;
    return sampleOf(diskPath, sizeBytes, follows);
  }
}

/**
 * A digest of both ends of the first `sizeBytes`; null where they can't be read.
 * @param follows whether the path may be a symbolic link's
 */
export async function sampleOf(diskPath: string, sizeBytes: number, follows = false): Promise<string | null> {
  let file: FileHandle | null = null;
  try {
    file = await open(diskPath, openFlags(follows));
    const hash = createHash('sha256');
    for (const offset of [0, Math.max(0, sizeBytes - SAMPLE_BYTES)]) {
      const sample = Buffer.alloc(Math.min(SAMPLE_BYTES, sizeBytes));
      const { bytesRead } = await file.read(sample, 0, sample.length, offset);
      hash.update(sample.subarray(0, bytesRead));
    }
    return hash.digest('base64');
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}
