// What a classic receiver knows of each offered file: its place here, what lies there already, and what has come of it.
// docs/CLASSIC.md, sections Messages and "What our ends do beyond it".
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSink, ExistingContent, ExpectedContent, FolderSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { violation } from '../wire/fields.ts';
import { countContent, type Manifest } from '../wire/manifest.ts';
import {
  type ClassicEntry,
  type ExistingEntry,
  encodeClassicMessage,
  type FileHeader,
} from './classic-message.ts';
import { MAX_CLASSIC_MESSAGE_BYTES } from './constants.ts';
import { chainOver } from './hash-chain.ts';

interface OfferedFile {
  /** With the path in normal form. */
  entry: ManifestEntry;
  /** What the sender was told, if anything. */
  existing: ExistingContent | null;
  isSent: boolean;
}

/** The paths on the wire are the sender's own; here they are in Unicode normal form, as everywhere else. */
export class OfferedFiles {
  readonly manifest: Manifest;
  readonly #byWirePath = new Map<string, OfferedFile>();

  /** @throws TransferError `protocol-violation` */
  constructor(offered: readonly ClassicEntry[]) {
    const entries = offered.map(({ path, size }, index) => {
      const entry: ManifestEntry = {
        index,
        kind: 'file',
        path: path.normalize('NFC'),
        sizeBytes: size,
        modifiedMs: null,
        executable: false,
      };
      if (this.#byWirePath.has(path)) throw violation('a file is offered twice');
      this.#byWirePath.set(path, { entry, existing: null, isSent: false });
      return entry;
    });
    this.manifest = { entries, ...countContent(entries) };
  }

  /**
   * What lies here, for the sender to compare. Where it doesn't fit into one message, the largest files come first:
   * the others are sent again.
   * @throws TransferError those of the sink
   */
  async findExisting(
    sink: FolderSink,
    skip: ReadonlySet<number>,
    bulk: BulkCrypto,
  ): Promise<ExistingEntry[]> {
    const found: ExistingEntry[] = [];
    for (const [path, file] of this.#byWirePath) {
      if (skip.has(file.entry.index)) continue;
      const existing = (await sink.findExisting?.(file.entry, true)) ?? null;
      if (existing === null || existing.sizeBytes === 0 || existing.sizeBytes > file.entry.sizeBytes!)
        continue;
      const chain = await chainOf(existing, bulk);
      if (chain === null) continue;
      file.existing = existing;
      found.push({ path, size: existing.sizeBytes, chain });
    }
    return this.#fitting(found);
  }

  /**
   * The file that a header announces.
   * @throws TransferError `protocol-violation`
   */
  begin(header: FileHeader): OfferedFile {
    const file = this.#byWirePath.get(header.path);
    if (file === undefined) throw violation('a file was not offered');
    if (file.isSent) throw violation('a file is sent twice');
    if (header.size !== file.entry.sizeBytes) throw violation('a file has another size than was offered');
    if (header.appendFrom !== 0 && header.appendFrom !== file.existing?.sizeBytes) {
      throw violation('a file is continued from where it does not end');
    }
    file.isSent = true;
    return file;
  }

  /**
   * What `eof` leaves to do, with nothing more to come: empty files that were left out, and complete parts that were
   * found equal.
   * @throws TransferError `incomplete`
   */
  async settle(sink: FolderSink, skip: ReadonlySet<number>): Promise<ManifestEntry[]> {
    const settled: ManifestEntry[] = [];
    for (const { entry, existing, isSent } of this.#byWirePath.values()) {
      if (isSent || skip.has(entry.index)) continue;
      const left = await leftSink(sink, entry, existing);
      await left?.commit(expectedContent(entry));
      settled.push(entry);
    }
    return settled;
  }

  #fitting(found: ExistingEntry[]): ExistingEntry[] {
    // Sealed, each byte of it becomes two digits.
    const room = MAX_CLASSIC_MESSAGE_BYTES / 2 - 1024;
    const sizeOf = (entry: ExistingEntry) =>
      new TextEncoder().encode(encodeClassicMessage({ type: 'receiver_manifest', entries: [entry] })).length;
    let left = room;
    const told = new Set<ExistingEntry>();
    for (const entry of [...found].sort((a, b) => b.size - a.size)) {
      left -= sizeOf(entry);
      if (left < 0) break;
      told.add(entry);
    }
    for (const { path } of found.filter((entry) => !told.has(entry)))
      this.#byWirePath.get(path)!.existing = null;
    return found.filter((entry) => told.has(entry));
  }
}

/** Null when it changed meanwhile. */
async function chainOf(existing: ExistingContent, bulk: BulkCrypto): Promise<Bytes | null> {
  const source = await existing.open();
  try {
    const chain = await chainOver(source, existing.sizeBytes, bulk);
    return (await source.isUnchanged()) ? chain : null;
  } finally {
    await source.close();
  }
}

/** The sink to commit for a file that was not sent; null when it stands in its place already. */
async function leftSink(
  sink: FolderSink,
  entry: ManifestEntry,
  existing: ExistingContent | null,
): Promise<ByteSink | null> {
  if (entry.sizeBytes === 0) return sink.openFile(entry);
  if (existing?.sizeBytes !== entry.sizeBytes) {
    throw new TransferError('incomplete', 'The sender ended before every file was sent.');
  }
  if (!existing.isFinal) return existing.adopt();
  if (!((await existing.isUntouched?.()) ?? true)) throw new TransferError('part-changed');
  return null;
}

/** Classic has no digest of a whole file: a part that another program changed can't be checked, so it isn't saved. */
export function expectedContent({ sizeBytes }: ManifestEntry): ExpectedContent {
  return { sizeBytes: sizeBytes!, isIn: async () => false };
}
