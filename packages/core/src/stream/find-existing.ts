// Looks up and hashes what lies at the receiver of an accepted offer, so that only what differs needs to come. The disk
// is the journal: nothing else remembers an earlier attempt. docs/PROTOCOL.md section 12.
import { type Bytes, concat } from '../foundation/bytes.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ExistingContent, FolderSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import type { Pace } from '../ports/pace.ts';
import { haveBodies } from '../wire/have-record.ts';
import { type ExistingChunks, hashExisting } from './existing-chunks.ts';

/** Files looked at side by side. */
const FILES_AT_ONCE = 8;

/** The sender is told of so many chunks at once: it hashes its own while others are hashed here. */
const TOLD_AT_ONCE = 64;

/**
 * By index of the entry; `pace` counts the lookups. `tell` gets bodies of have records while more is hashed, `onHashed` how much of how much was hashed.
 * Errors: those of the sink.
 */
export async function findExisting(
  sink: FolderSink,
  entries: readonly ManifestEntry[],
  pace: Pace,
  bulk: BulkCrypto,
  tell: (haveBody: Bytes) => Promise<void>,
  onHashed: (hashedBytes: number, totalBytes: number) => void,
): Promise<Map<number, ExistingChunks>> {
  const found: { entry: ManifestEntry; content: ExistingContent }[] = [];
  for (const entry of entries) {
    // A sink may look without giving the event loop a turn.
    await pace.step();
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
  const untold = new UntoldChunks(tell);
  const waiting = found.values();
  const work = async () => {
    for (const { entry, content } of waiting) {
      const note = (chunkIndex: number, digest: Bytes, bytes: number) => {
        hashedBytes += bytes;
        onHashed(hashedBytes, totalBytes);
        return untold.add(entry.index, chunkIndex, digest);
      };
      const chunks = await hashExisting(content, entry.sizeBytes!, bulk, note);
      if (chunks !== null) existing.set(entry.index, chunks);
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
  await untold.tell();
  return existing;
}

/** Digests that the sender hasn't been told yet. */
class UntoldChunks {
  readonly #tell: (haveBody: Bytes) => Promise<void>;
  #runs = new Map<number, { firstChunk: number; digests: Bytes[] }>();
  #count = 0;

  constructor(tell: (haveBody: Bytes) => Promise<void>) {
    this.#tell = tell;
  }

  /** Those of one file come in order. */
  async add(fileIndex: number, chunkIndex: number, digest: Bytes): Promise<void> {
    const run = this.#runs.get(fileIndex);
    if (run === undefined) this.#runs.set(fileIndex, { firstChunk: chunkIndex, digests: [digest] });
    else run.digests.push(digest);
    this.#count += 1;
    if (this.#count >= TOLD_AT_ONCE) await this.tell();
  }

  async tell(): Promise<void> {
    const runs = [...this.#runs].map(([fileIndex, { firstChunk, digests }]) => ({
      fileIndex,
      firstChunk,
      digests: concat(...digests),
    }));
    this.#runs = new Map();
    this.#count = 0;
    for (const body of haveBodies(runs)) await this.#tell(body);
  }
}
