// Second step of a byte: the chunks of a batch are hashed, and those that lie at the receiver already are left out.
import { FileDigest } from '../crypto/file-digest.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import { dataHeaderBytes, type Slice } from '../wire/data-record.ts';
import type { FinalDigest } from '../wire/digests-record.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';
import type { HaveTable } from './have-table.ts';
import type { Batch } from './read-content.ts';

/** A batch of which is known what need not be sent. */
export interface HashedBatch extends Batch {
  /** Left out of `slices`, `plaintext` and `payloadBytes`. */
  kept: Slice[];
  /** Of the files that ended. */
  finals: FinalDigest[];
}

interface HashingFile {
  digest: FileDigest;
  /** All chunk digests begun so far. */
  pending: Promise<unknown>;
}

export class BatchHasher {
  readonly #have: HaveTable;
  readonly #bulk: BulkCrypto;
  readonly #hashing = new Map<number, HashingFile>();

  constructor(have: HaveTable, bulk: BulkCrypto) {
    this.#have = have;
    this.#bulk = bulk;
  }

  /** Calls are in the order of reading, and may overlap. */
  async hash(batch: Batch): Promise<HashedBatch> {
    const digests: Promise<Bytes>[] = [];
    let at = dataHeaderBytes(batch.slices.length);
    for (const slice of batch.slices) {
      digests.push(this.#hashSlice(slice, batch.plaintext.subarray(at, at + slice.length)));
      at += slice.length;
    }
    for (const { slice, digest } of batch.known) this.#add(slice, digest);
    for (const { index } of batch.failed) this.#hashing.delete(index);
    const finals = batch.ended.map((ended) => this.#finish(ended));
    const known = this.#have.size === 0 ? null : await Promise.all(digests);
    const left = known === null ? { ...batch, kept: [] } : this.#withoutKept(batch, known);
    const kept = [...batch.known.map(({ slice }) => slice), ...left.kept];
    return { ...left, kept, finals: await Promise.all(finals) };
  }

  async #hashSlice(slice: Slice, chunk: Bytes): Promise<Bytes> {
    const hashing = this.#bulk.sha256(chunk);
    this.#add(slice, hashing);
    return hashing;
  }

  #add({ fileIndex, offset }: Slice, hashing: Bytes | Promise<Bytes>): void {
    const file = this.#hashing.get(fileIndex) ?? { digest: new FileDigest(), pending: Promise.resolve() };
    this.#hashing.set(fileIndex, file);
    if (hashing instanceof Uint8Array) {
      file.digest.add(offset / CHUNK_BYTES, hashing);
      return;
    }
    const added = hashing.then((digest) => file.digest.add(offset / CHUNK_BYTES, digest));
    file.pending = Promise.all([file.pending, added]).then(() => {});
  }

  async #finish({ index, sizeBytes }: { index: number; sizeBytes: number }): Promise<FinalDigest> {
    const file = this.#hashing.get(index) ?? { digest: new FileDigest(), pending: Promise.resolve() };
    this.#hashing.delete(index);
    await file.pending;
    return { fileIndex: index, sizeBytes, digest: file.digest.finish(sizeBytes) };
  }

  #withoutKept(batch: Batch, digests: readonly Bytes[]): Batch & { kept: Slice[] } {
    const isKept = batch.slices.map(({ fileIndex, offset }, i) => {
      const theirs = this.#have.digestOf(fileIndex, offset / CHUNK_BYTES);
      return theirs !== null && equalBytes(theirs, digests[i]!);
    });
    const kept = batch.slices.filter((_, i) => isKept[i]);
    if (kept.length === 0) return { ...batch, kept };
    const slices = batch.slices.filter((_, i) => !isKept[i]);
    const payloadBytes = slices.reduce((sum, { length }) => sum + length, 0);
    const plaintext = new Uint8Array(slices.length === 0 ? 0 : dataHeaderBytes(slices.length) + payloadBytes);
    let from = dataHeaderBytes(batch.slices.length);
    let to = dataHeaderBytes(slices.length);
    batch.slices.forEach(({ length }, i) => {
      if (!isKept[i]) {
        plaintext.set(batch.plaintext.subarray(from, from + length), to);
        to += length;
      }
      from += length;
    });
    return { ...batch, slices, plaintext, payloadBytes, kept };
  }
}
