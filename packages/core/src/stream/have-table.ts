// The sender's view of what lies at the receiver: a digest for each chunk that was reported. docs/PROTOCOL.md section 12.
import { DIGEST_BYTES } from '../crypto/file-digest.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { violation } from '../wire/fields.ts';
import { type HaveRun, parseHaveBody } from '../wire/have-record.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

export class HaveTable {
  readonly #sizes: readonly (number | null)[];
  /** By file: digests from chunk 0 on, without a gap, as runs; and which of them was asked for last. */
  readonly #digests = new Map<number, { runs: HaveRun[]; at: number }>();
  readonly #counts = new Map<number, number>();

  /** @param sizes of the manifest's entries; null or 0 for what can't be reported */
  constructor(sizes: readonly (number | null)[]) {
    this.#sizes = sizes;
  }

  /**
   * Takes the body of a have record. Returns how many chunks of which files have been reported so far.
   * Errors: `protocol-violation`.
   */
  note(body: Bytes): { fileIndex: number; told: number }[] {
    return parseHaveBody(body).map((run) => {
      const { fileIndex, firstChunk, digests } = run;
      const before = this.#counts.get(fileIndex) ?? 0;
      const after = before + digests.length / DIGEST_BYTES;
      // In order and no more than the file has: so what is kept here is bounded by what is offered.
      const chunks = Math.ceil((this.#sizes[fileIndex] ?? 0) / CHUNK_BYTES);
      if (firstChunk !== before || after > chunks) throw violation('a have record does not fit its file');
      const known = this.#digests.get(fileIndex);
      if (known === undefined) this.#digests.set(fileIndex, { runs: [run], at: 0 });
      else known.runs.push(run);
      this.#counts.set(fileIndex, after);
      return { fileIndex, told: after };
    });
  }

  /** Files of which something was reported. */
  get size(): number {
    return this.#digests.size;
  }

  /** The digest that was reported for a chunk, or null. */
  digestOf(fileIndex: number, chunkIndex: number): Bytes | null {
    const known = this.#digests.get(fileIndex);
    if (known === undefined) return null;
    // Chunks are asked for in order, more or less.
    if (chunkIndex < known.runs[known.at]!.firstChunk) known.at = 0;
    for (; known.at < known.runs.length; known.at += 1) {
      const { firstChunk, digests } = known.runs[known.at]!;
      const at = (chunkIndex - firstChunk) * DIGEST_BYTES;
      if (at < digests.length) return digests.subarray(at, at + DIGEST_BYTES);
    }
    known.at = 0;
    return null;
  }

  /** The file is settled: what was reported of it isn't needed any more. */
  forget(fileIndex: number): void {
    this.#digests.delete(fileIndex);
  }
}
