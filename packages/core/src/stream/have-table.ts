// The sender's view of what lies at the receiver: a digest for each chunk that was reported. docs/PROTOCOL.md section 12.
import { DIGEST_BYTES } from '../crypto/file-digest.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { violation } from '../wire/fields.ts';
import { parseHaveBody } from '../wire/have-record.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

export class HaveTable {
  readonly #sizes: readonly (number | null)[];
  /** By file: digests from chunk 0 on, without a gap. */
  readonly #digests = new Map<number, Bytes[]>();
  readonly #counts = new Map<number, number>();

  /** @param sizes of the manifest's entries; null or 0 for what can't be reported */
  constructor(sizes: readonly (number | null)[]) {
    this.#sizes = sizes;
  }

  /** Takes the body of a have record. Errors: `protocol-violation`. */
  note(body: Bytes): void {
    for (const { fileIndex, firstChunk, digests } of parseHaveBody(body)) {
      const before = this.#counts.get(fileIndex) ?? 0;
      const after = before + digests.length / DIGEST_BYTES;
      // In order and no more than the file has: so what is kept here is bounded by what is offered.
      const chunks = Math.ceil((this.#sizes[fileIndex] ?? 0) / CHUNK_BYTES);
      if (firstChunk !== before || after > chunks) throw violation('a have record does not fit its file');
      const known = this.#digests.get(fileIndex);
      if (known === undefined) this.#digests.set(fileIndex, [digests]);
      else known.push(digests);
      this.#counts.set(fileIndex, after);
    }
  }

  /** Files of which something was reported. */
  get size(): number {
    return this.#digests.size;
  }

  /** The digest that was reported for a chunk, or null. */
  digestOf(fileIndex: number, chunkIndex: number): Bytes | null {
    const runs = this.#digests.get(fileIndex);
    if (runs === undefined) return null;
    let at = chunkIndex * DIGEST_BYTES;
    for (const run of runs) {
      if (at < run.length) return run.subarray(at, at + DIGEST_BYTES);
      at -= run.length;
    }
    return null;
  }

  /** The file is settled: what was reported of it isn't needed any more. */
  forget(fileIndex: number): void {
    this.#digests.delete(fileIndex);
  }
}
