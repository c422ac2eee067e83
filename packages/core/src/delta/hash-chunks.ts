// Hashes consecutive chunks of a file, outside the sender's pipeline: to compare what lies at both ends.
import type { Bytes } from '../foundation/bytes.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSource } from '../ports/byte-source.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

/** Chunks hashed at once, and the one that is read meanwhile. */
const HASHES_AT_ONCE = 4;

/** Takes the digest of a chunk, and the chunk. */
type TellChunk = (chunkIndex: number, digest: Bytes, chunk: Bytes) => void | Promise<void>;

/**
 * Hashes from `firstChunk` on, up to `end`, in bytes from the start of the file. Each digest is told in order, with the
 * chunk, whose memory may be looked at until the promise resolves; while that is open, only few more are hashed.
 * @returns false when the content ends before
 */
export async function hashChunks(
  source: Pick<ByteSource, 'read' | 'readAtOnce'>,
  range: { firstChunk: number; end: number },
  bulk: BulkCrypto,
  tell: TellChunk,
): Promise<boolean> {
  if (source.readAtOnce !== undefined) return hashInTurn(source, range, bulk, tell);
  const { firstChunk, end } = range;
  const afterLast = Math.ceil(end / CHUNK_BYTES);
  if (firstChunk >= afterLast) return true;
  const places = Math.min(afterLast - firstChunk, HASHES_AT_ONCE);
  const memory = Array.from({ length: places }, () => new Uint8Array(Math.min(CHUNK_BYTES, end)));
  const told: Promise<void>[] = Array.from({ length: places }, () => Promise.resolve());
  const read = async (chunkIndex: number) => {
    const place = (chunkIndex - firstChunk) % places;
    await told[place];
    const offset = chunkIndex * CHUNK_BYTES;
    const chunk = memory[place]!.subarray(0, Math.min(CHUNK_BYTES, end - offset));
    return (await source.read(offset, chunk)) < chunk.length ? null : chunk;
  };
  const hash = async (chunkIndex: number, chunk: Bytes, before: Promise<void>) => {
    const digest = await bulk.sha256(chunk);
    await before;
    await tell(chunkIndex, digest, chunk);
  };
  let last = Promise.resolve();
  let reading = read(firstChunk);
  for (let chunkIndex = firstChunk; chunkIndex < afterLast; chunkIndex += 1) {
    const chunk = await reading.catch(async (error: unknown) => {
      await last;
      throw error;
    });
    if (chunk === null) {
      // Nothing is told once this has returned.
      await last;
      return false;
    }
    if (chunkIndex + 1 < afterLast) reading = read(chunkIndex + 1);
    last = hash(chunkIndex, chunk, last);
    // Whichever fails first is thrown by `read`, or at the end.
    last.catch(() => {});
    told[(chunkIndex - firstChunk) % places] = last;
  }
  await last;
  return true;
}

/** One chunk after the other: what lies in memory has nothing to be read meanwhile, and is still in the processor's cache when it is told. */
async function hashInTurn(
  source: Pick<ByteSource, 'read' | 'readAtOnce'>,
  { firstChunk, end }: { firstChunk: number; end: number },
  bulk: BulkCrypto,
  tell: TellChunk,
): Promise<boolean> {
  const memory = new Uint8Array(Math.min(CHUNK_BYTES, end));
  for (let chunkIndex = firstChunk; chunkIndex * CHUNK_BYTES < end; chunkIndex += 1) {
    const offset = chunkIndex * CHUNK_BYTES;
    const chunk = memory.subarray(0, Math.min(CHUNK_BYTES, end - offset));
    const length = source.readAtOnce!(offset, chunk) ?? (await source.read(offset, chunk));
    if (length < chunk.length) return false;
    await tell(chunkIndex, await bulk.sha256(chunk), chunk);
  }
  return true;
}
