// A file of which something lies at the receiver: what the sender told of its chunks, and how far that is answered.
// docs/PROTOCOL.md section 12.
import { DIGEST_BYTES } from '../crypto/file-digest.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSink, ExistingContent } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import type { FinalDigest } from '../wire/digests-record.ts';
import { violation } from '../wire/fields.ts';
import { CHUNK_BYTES, MIN_COMPARED_BYTES } from '../wire/limits.ts';
import { holdsFile } from './holds-file.ts';

/** How many chunks of an entry, from the first on, can be compared with what lies here. */
export function comparableChunks({ kind, sizeBytes }: ManifestEntry, content: ExistingContent): number {
  if (kind !== 'file' || sizeBytes === null || sizeBytes < MIN_COMPARED_BYTES) return 0;
  // A piece of what lies here is never cut to a size that the sender chose.
  if (content.sizeBytes === sizeBytes) return Math.ceil(sizeBytes / CHUNK_BYTES);
  return Math.floor(Math.min(content.sizeBytes, sizeBytes) / CHUNK_BYTES);
}

/** What lies here of one entry, with the digests that were told of it. */
export class ComparedFile {
  readonly content: ExistingContent;
  readonly chunks: number;
  readonly sizeBytes: number;
  told = 0;
  answered = 0;
  kept = 0;
  /** A file under its final name changed while it was read: chunks are looked at again before they are used. */
  isStale = false;
  /** Chunks that are kept go into its part at once. */
  isTaken = false;
  /** The sender can't deliver it. */
  isVoid = false;
  #digests: Bytes | null = null;
  /** Kept chunks of a file under its final name that aren't in the part: none is added once they are copied. */
  readonly #left: number[] = [];

  /** @param entry of known size */
  constructor(entry: ManifestEntry, content: ExistingContent, chunks: number) {
    this.content = content;
    this.chunks = chunks;
    this.sizeBytes = entry.sizeBytes!;
  }

  /**
   * Takes digests of consecutive chunks.
   * @throws TransferError `protocol-violation`
   */
  tell(firstChunk: number, digests: Bytes): void {
    const count = digests.length / DIGEST_BYTES;
    if (firstChunk !== this.told || firstChunk + count > this.chunks)
      throw violation('digests that were not asked for');
    this.#digests ??= new Uint8Array(this.chunks * DIGEST_BYTES);
    this.#digests.set(digests, firstChunk * DIGEST_BYTES);
    this.told += count;
  }

  /** The digest that was told of a chunk. */
  digestOf(chunkIndex: number): Bytes {
    return this.#digests!.slice(chunkIndex * DIGEST_BYTES, (chunkIndex + 1) * DIGEST_BYTES);
  }

  /** Whether a chunk's content may come: it isn't compared, or was answered. */
  isOpen(chunkIndex: number): boolean {
    return chunkIndex >= this.chunks || chunkIndex < this.answered;
  }

  /** Whether the content that comes for a chunk is what was told before. */
  isAsTold(chunkIndex: number, digest: Bytes): boolean {
    return chunkIndex >= this.chunks || equalBytes(digest, this.digestOf(chunkIndex));
  }

  /** Whether what lies here can't be the whole file. */
  get isPartial(): boolean {
    return this.content.sizeBytes !== this.sizeBytes || this.kept < this.answered;
  }

  bytesOf(chunkIndex: number): number {
    return Math.min(CHUNK_BYTES, this.sizeBytes - chunkIndex * CHUNK_BYTES);
  }

  /** Leaves a kept chunk where it lies: what stands under a final name isn't touched until it turns out to be another file. */
  leave(chunkIndex: number): void {
    this.#left.push(chunkIndex);
  }

  /** Whether kept chunks were left that the part needs. */
  get hasLeft(): boolean {
    return this.#left.length > 0;
  }

  /** Whether the file lies under its name just as it is to be, if all of it was kept. */
  mayStandAs({ sizeBytes }: FinalDigest): boolean {
    return this.content.isFinal && !this.isStale && this.content.sizeBytes === sizeBytes;
  }

  /**
   * Makes sure of a file that is left alone: it was hashed when it was compared, which may be hours ago.
   * @throws TransferError `part-changed`
   */
  async expectStill(final: FinalDigest, bulk: BulkCrypto): Promise<void> {
    if ((await this.content.isUntouched?.()) ?? true) return;
    const source = await this.content.open();
    try {
      if (await holdsFile(source, final, bulk)) return;
    } finally {
      await source.close();
    }
    throw new TransferError('part-changed');
  }

  /**
   * Copies the chunks that were left into a part; they are hashed again only if something may have changed them
   * since.
   * @param isOver asked before each chunk: whether the part isn't wanted any more
   * @throws TransferError `part-changed` when they are no longer what was compared, those of both ends
   */
  async copyLeft(sink: ByteSink, bulk: BulkCrypto, isOver: () => boolean): Promise<void> {
    const memory = new Uint8Array(CHUNK_BYTES);
    const source = await this.content.open();
    try {
      for (const isHashed of [false, true]) {
        for (const chunkIndex of this.#left) {
          if (isOver()) throw new TransferError('interrupted');
          const chunk = memory.subarray(0, this.bytesOf(chunkIndex));
          const isWhole = (await source.read(chunkIndex * CHUNK_BYTES, chunk)) === chunk.length;
          const isSame =
            isWhole && (!isHashed || equalBytes(await bulk.sha256(chunk), this.digestOf(chunkIndex)));
          if (!isSame)
            throw new TransferError('part-changed', 'A file that was there changed in the meantime.');
          await sink.write(chunkIndex * CHUNK_BYTES, chunk);
        }
        if (!this.isStale && ((await this.content.isUntouched?.()) ?? true)) return;
      }
    } finally {
      await source.close();
    }
  }
}
