// What lies at the receiver of one file: its chunks' digests, told to the sender, and which of them it lets stand.
// docs/PROTOCOL.md section 12.
import { DIGEST_BYTES } from '../crypto/file-digest.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSink, ExistingContent } from '../ports/byte-sink.ts';
import { violation } from '../wire/fields.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';
import { hashChunks } from './hash-chunks.ts';

export class ExistingChunks {
  readonly content: ExistingContent;
  /** 32 bytes for each chunk that was hashed, from the first on. */
  readonly digests: Bytes;
  /** Whether it changed while it was hashed: each chunk is then looked at again before it is used. */
  readonly isStale: boolean;
  /** Of the offered file, in bytes. */
  readonly #sizeBytes: number;
  readonly #bulk: BulkCrypto;

  constructor(
    content: ExistingContent,
    { digests, isStale }: { digests: Bytes; isStale: boolean },
    sizeBytes: number,
    bulk: BulkCrypto,
  ) {
    this.#bulk = bulk;
    this.content = content;
    this.digests = digests;
    this.isStale = isStale;
    this.#sizeBytes = sizeBytes;
  }

  /** How many bytes a run of chunks has. Errors: `protocol-violation` for chunks that were not told. */
  bytesIn(firstChunk: number, count: number): number {
    const told = this.digests.length / DIGEST_BYTES;
    if (firstChunk + count > told) throw violation('a chunk is kept that is not there');
    return Math.min(this.#sizeBytes, (firstChunk + count) * CHUNK_BYTES) - firstChunk * CHUNK_BYTES;
  }

  digestOf(chunkIndex: number): Bytes {
    return this.digests.slice(chunkIndex * DIGEST_BYTES, (chunkIndex + 1) * DIGEST_BYTES);
  }

  /** Copies chunks into a part. Errors: `part-changed` when they are no longer what was hashed, those of both ends. */
  async copy(chunks: Iterable<number>, sink: ByteSink): Promise<void> {
    const source = await this.content.open();
    try {
      for (const chunkIndex of chunks) {
        const chunk = new Uint8Array(this.bytesIn(chunkIndex, 1));
        const length = await source.read(chunkIndex * CHUNK_BYTES, chunk);
        const isSame =
          length === chunk.length && equalBytes(await this.#bulk.sha256(chunk), this.digestOf(chunkIndex));
        if (!isSame) throw changed();
        await sink.write(chunkIndex * CHUNK_BYTES, chunk);
      }
    } finally {
      await source.close();
    }
  }
}

/**
 * Hashes what lies there: whole chunks, and a shorter last one only where it would end the offered file. Null when
 * there is none. Each digest is told, in order. Errors: those of the content; `part-changed` for a part that changed meanwhile.
 */
export async function hashExisting(
  content: ExistingContent,
  sizeBytes: number,
  bulk: BulkCrypto,
  tell: (chunkIndex: number, digest: Bytes, bytes: number) => Promise<void>,
): Promise<ExistingChunks | null> {
  const end =
    content.sizeBytes >= sizeBytes ? sizeBytes : content.sizeBytes - (content.sizeBytes % CHUNK_BYTES);
  if (end === 0) return null;
  const digests = new Uint8Array(Math.ceil(end / CHUNK_BYTES) * DIGEST_BYTES);
  let count = 0;
  const source = await content.open();
  try {
    const isWhole = await hashChunks(source, { firstChunk: 0, end }, bulk, (chunkIndex, digest, bytes) => {
      digests.set(digest, chunkIndex * DIGEST_BYTES);
      count += 1;
      return tell(chunkIndex, digest, bytes);
    });
    const isStale = !isWhole || !(await source.isUnchanged());
    // The sender has been told of them. From a finished file they are copied, which finds out what changed; a part is gone on with.
    if (isStale && !content.isFinal) throw changed();
    if (count === 0) return null;
    const told = { digests: digests.subarray(0, count * DIGEST_BYTES), isStale };
    return new ExistingChunks(content, told, sizeBytes, bulk);
  } finally {
    await source.close();
  }
}

function changed(): TransferError {
  return new TransferError('part-changed', 'A file that was there changed in the meantime.');
}
