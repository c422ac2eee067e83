// The sender's view of what lies at the receiver: a digest for each chunk that was reported. docs/PROTOCOL.md section 12.
import { DIGEST_BYTES } from '../crypto/file-digest.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { violation } from '../wire/fields.ts';
import { type HaveRun, parseHaveBody } from '../wire/have-record.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

export class HaveTable {
  readonly #sizes: readonly (number | null)[];
  /** By file: digests from chunk 0 on, without a gap. */
  readonly #runs = new Map<number, HaveRun[]>();
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
      const known = this.#runs.get(fileIndex);
      if (known === undefined) this.#runs.set(fileIndex, [run]);
      else known.push(run);
      this.#counts.set(fileIndex, after);
      return { fileIndex, told: after };
    });
  }

  /** Files of which something was reported. */
  get size(): number {
    return this.#runs.size;
  }

  /** The digest that was reported for a chunk, or null. */
  digestOf(fileIndex: number, chunkIndex: number): Bytes | null {
    const runs = this.#runs.get(fileIndex);
    if (runs === undefined) return null;
    // The last run that begins no later than the chunk.
    let [low, high] = [0, runs.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (runs[middle]!.firstChunk <= chunkIndex) low = middle;
      else high = middle - 1;
    }
    const { firstChunk, digests } = runs[low]!;
    const at = (chunkIndex - firstChunk) * DIGEST_BYTES;
    return at < digests.length ? digests.subarray(at, at + DIGEST_BYTES) : null;
  }

  /** The file is settled: what was reported of it isn't needed any more. */
  forget(fileIndex: number): void {
    this.#runs.delete(fileIndex);
  }
}
