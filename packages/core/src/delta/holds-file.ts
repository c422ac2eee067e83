// Whether content on the receiver's disk is a whole file, by the digest that the sender told at its end.
import { FileDigest } from '../crypto/file-digest.ts';
import { equalBytes } from '../foundation/bytes.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSource } from '../ports/byte-source.ts';
import type { FinalDigest } from '../wire/digests-record.ts';
import { hashChunks } from './hash-chunks.ts';

/**
 * Reads and hashes all of it.
 * @throws TransferError those of `source`
 */
export async function holdsFile(
  source: Pick<ByteSource, 'read'>,
  { sizeBytes, digest }: FinalDigest,
  bulk: BulkCrypto,
): Promise<boolean> {
  const found = new FileDigest();
  const range = { firstChunk: 0, end: sizeBytes };
  const isWhole = await hashChunks(source, range, bulk, (chunkIndex, chunkDigest) =>
    found.add(chunkIndex, chunkDigest),
  );
  return isWhole && equalBytes(found.finish(sizeBytes), digest);
}
