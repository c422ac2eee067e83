// Second step of a byte: the chunks of a batch are hashed, and the digests of files that ended are told.
import { FileDigest } from '../crypto/file-digest.ts';
import { holdsFile } from '../delta/holds-file.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSource, SourceEntry } from '../ports/byte-source.ts';
import { dataHeaderBytes, type Slice } from '../wire/data-record.ts';
import type { FinalDigest } from '../wire/digests-record.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';
import type { Batch, EndedFile } from './read-content.ts';
import { chunkDigest, isZeroChunk } from './zero-chunk.ts';

/** Chunks of one record with their digests. */
export interface HashedBatch extends Batch {
  /** Of the files that ended. */
  finals: FinalDigest[];
  /** Of these files, indices of those that have changed since, beyond what was read or not in their content. */
  grown: number[];
  /** Whether all of it is whole chunks of zeros. */
  zeros: boolean;
}

interface HashingFile {
  digest: FileDigest;
  /** All chunk digests begun so far. */
  pending: Promise<unknown>;
}

/** Hashes the chunks of records on their way to the lanes, in order, a record at a time. */
export class BatchHasher {
  readonly #bulk: BulkCrypto;
  readonly #hashing = new Map<number, HashingFile>();

  constructor(bulk: BulkCrypto) {
    this.#bulk = bulk;
  }

  /** Calls are in the order of reading, and may overlap. */
  async hash(batch: Batch): Promise<HashedBatch> {
    let at = dataHeaderBytes(batch.slices.length);
    let zeros = batch.slices.length > 0;
    for (const slice of batch.slices) {
      const chunk = batch.plaintext.subarray(at, at + slice.length);
      const isZeros = isZeroChunk(chunk);
      this.#add(slice, batch.digest ?? chunkDigest(chunk, this.#bulk, isZeros));
      zeros &&= isZeros;
      at += slice.length;
    }
    if (batch.kept !== null) this.#add(batch.kept.slice, batch.kept.digest);
    for (const { index } of batch.failed) this.#hashing.delete(index);
    const hashed: HashedBatch = { ...batch, failed: [...batch.failed], finals: [], grown: [], zeros };
    const finals = await Promise.all(batch.ended.map((ended) => this.#finish(ended)));
    for (const [at, { index, changed }] of batch.ended.entries()) {
      if (changed === undefined || (await this.#stillHolds(changed, finals[at]!))) {
        hashed.finals.push(finals[at]!);
        if (changed !== undefined) hashed.grown.push(index);
      } else {
        const error = new TransferError('source-changed');
        hashed.failed.push({ index, code: error.code, error });
      }
    }
    return hashed;
  }

  /** Whether all that was read of a file still stands in it: then it is delivered as it was offered, whatever was added. */
  async #stillHolds(entry: SourceEntry, final: FinalDigest): Promise<boolean> {
    let source: ByteSource | null = null;
    try {
      source = await entry.open();
      if ((await source.beginsAsOffered?.()) === false) return false;
      return await holdsFile(source, final, this.#bulk);
    } catch (error) {
      if (error instanceof TransferError) return false;
      throw error;
    } finally {
      await source?.close();
    }
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

  async #finish({ index, sizeBytes }: EndedFile): Promise<FinalDigest> {
    const file = this.#hashing.get(index) ?? { digest: new FileDigest(), pending: Promise.resolve() };
    this.#hashing.delete(index);
    await file.pending;
    return { fileIndex: index, sizeBytes, digest: file.digest.finish(sizeBytes) };
  }
}
