// Looks up and hashes what lies at the receiver of an accepted offer, so that only what differs needs to come. The disk
// is the journal: nothing else remembers an earlier attempt. docs/PROTOCOL.md section 12.
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ExistingContent, FolderSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { type ExistingChunks, hashExisting } from './existing-chunks.ts';

/** Files looked at side by side. */
const FILES_AT_ONCE = 8;

/** By index of the entry. `onHashed` is told how much of how much was hashed. Errors: those of the sink. */
export async function findExisting(
  sink: FolderSink,
  entries: readonly ManifestEntry[],
  bulk: BulkCrypto,
  onHashed: (hashedBytes: number, totalBytes: number) => void,
): Promise<Map<number, ExistingChunks>> {
  const found: { entry: ManifestEntry; content: ExistingContent }[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'file' || entry.sizeBytes === null || entry.sizeBytes === 0) continue;
    const content = (await sink.findExisting?.(entry)) ?? null;
    if (content !== null && content.sizeBytes > 0) found.push({ entry, content });
  }
  const totalBytes = found.reduce(
    (sum, { entry, content }) => sum + Math.min(entry.sizeBytes!, content.sizeBytes),
    0,
  );
  const existing = new Map<number, ExistingChunks>();
  let hashedBytes = 0;
  const count = (bytes: number) => {
    hashedBytes += bytes;
    onHashed(hashedBytes, totalBytes);
  };
  const waiting = found.values();
  const work = async () => {
    for (const { entry, content } of waiting) {
      const chunks = await hashExisting(content, entry.sizeBytes!, bulk, count);
      if (chunks !== null) existing.set(entry.index, chunks);
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
  return existing;
}
