// What lies at the receiver of one file: its chunks' digests, told to the sender, and which of them it lets stand.
// docs/PROTOCOL.md section 12.
import { DIGEST_BYTES } from '../crypto/file-digest.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSink, ExistingContent } from '../ports/byte-sink.ts';
import type { ByteSource } from '../ports/byte-source.ts';
import { violation } from '../wire/fields.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

/** Chunks hashed at once. */
const HASHES_AT_ONCE = 4;

export class ExistingChunks {
  readonly content: ExistingContent;
  /** 32 bytes for each chunk that was hashed, from the first on. */
  readonly digests: Bytes;
  /** Of the offered file, in bytes. */
  readonly #sizeBytes: number;
  readonly #bulk: BulkCrypto;

  constructor(content: ExistingContent, digests: Bytes, sizeBytes: number, bulk: BulkCrypto) {
    this.#bulk = bulk;
    this.content = content;
    this.digests = digests;
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

  /** Copies chunks into a part. Errors: `sink-failed` when they are no longer what was hashed, those of both ends. */
  async copy(chunks: Iterable<number>, sink: ByteSink): Promise<void> {
    const source = await this.content.open();
    try {
      for (const chunkIndex of chunks) {
        const chunk = new Uint8Array(this.bytesIn(chunkIndex, 1));
        const length = await source.read(chunkIndex * CHUNK_BYTES, chunk);
        const isSame =
          length === chunk.length && equalBytes(await this.#bulk.sha256(chunk), this.digestOf(chunkIndex));
        if (!isSame) throw new TransferError('sink-failed', 'A file that was there changed in the meantime.');
        await sink.write(chunkIndex * CHUNK_BYTES, chunk);
      }
    } finally {
      await source.close();
    }
  }
}

/**
 * Hashes what lies there: whole chunks, and a shorter last one only where it would end the offered file. Null when
 * there is none. `onHashed` is told of bytes. Errors: those of the content.
 */
export async function hashExisting(
  content: ExistingContent,
  sizeBytes: number,
  bulk: BulkCrypto,
  onHashed: (bytes: number) => void,
): Promise<ExistingChunks | null> {
  const end =
    content.sizeBytes >= sizeBytes ? sizeBytes : content.sizeBytes - (content.sizeBytes % CHUNK_BYTES);
  if (end === 0) return null;
  const source = await content.open();
  try {
    const digests = await hashChunks(source, end, bulk, onHashed);
    // What changed while it was read is as good as nothing.
    return digests !== null && (await source.isUnchanged())
      ? new ExistingChunks(content, digests, sizeBytes, bulk)
      : null;
  } finally {
    await source.close();
  }
}

/** One digest after the other; null when the content ends early. The next chunk is read while one is hashed. */
async function hashChunks(
  source: ByteSource,
  end: number,
  bulk: BulkCrypto,
  onHashed: (bytes: number) => void,
): Promise<Bytes | null> {
  const count = Math.ceil(end / CHUNK_BYTES);
  const digests = new Uint8Array(count * DIGEST_BYTES);
  const chunkBytes = Math.min(CHUNK_BYTES, end);
  const memory = Array.from({ length: Math.min(count, HASHES_AT_ONCE) }, () => new Uint8Array(chunkBytes));
  const hashing: Promise<void>[] = [];
  const read = async (chunkIndex: number) => {
    const place = chunkIndex % HASHES_AT_ONCE;
    await hashing[place];
    const offset = chunkIndex * CHUNK_BYTES;
    const chunk = memory[place]!.subarray(0, Math.min(CHUNK_BYTES, end - offset));
    return (await source.read(offset, chunk)) < chunk.length ? null : chunk;
  };
  const hash = async (chunkIndex: number, chunk: Bytes) => {
    digests.set(await bulk.sha256(chunk), chunkIndex * DIGEST_BYTES);
    onHashed(chunk.length);
  };
  let reading = read(0);
  for (let chunkIndex = 0; chunkIndex < count; chunkIndex += 1) {
    const chunk = await reading;
    if (chunk === null) return null;
    if (chunkIndex + 1 < count) reading = read(chunkIndex + 1);
    hashing[chunkIndex % HASHES_AT_ONCE] = hash(chunkIndex, chunk);
  }
  await Promise.all(hashing);
  return digests;
}
