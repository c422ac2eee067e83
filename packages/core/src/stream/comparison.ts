// What lies at the receiver, compared with what is here: chunk by chunk as the receiver tells of it, while it hashes more.
// docs/PROTOCOL.md section 12.
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';
import { hashChunks } from './hash-chunks.ts';
import { HaveTable } from './have-table.ts';

interface ComparedFile {
  /** Chunks, from the first on, that the receiver has told of. */
  told: number;
  /** Those of them that were looked at. */
  compared: number;
  /** 1 for each chunk that is the same at both ends. */
  isEqual: Uint8Array;
}

export class Comparison {
  readonly have: HaveTable;
  readonly #entries: readonly SourceEntry[];
  readonly #bulk: BulkCrypto;
  readonly #signal: AbortSignal;
  readonly #files = new Map<number, ComparedFile>();
  /** Files of which something is yet to be looked at. */
  readonly #due = new Set<number>();
  #isRunning = false;
  #wakeWaiting: (() => void)[] = [];

  /** @param signal ends it */
  constructor(entries: readonly SourceEntry[], bulk: BulkCrypto, signal: AbortSignal) {
    this.have = new HaveTable(entries.map(({ kind, sizeBytes }) => (kind === 'file' ? sizeBytes : null)));
    this.#entries = entries;
    this.#bulk = bulk;
    this.#signal = signal;
  }

  /** Takes the body of a have record. Errors: `protocol-violation`. */
  note(haveBody: Bytes): void {
    for (const { fileIndex, told } of this.have.note(haveBody)) {
      const sizeBytes = this.#entries[fileIndex]!.sizeBytes!;
      // Small files are read whole, many at once.
      if (sizeBytes < CHUNK_BYTES) continue;
      const file = this.#files.get(fileIndex);
      if (file !== undefined) file.told = told;
      else {
        const isEqual = new Uint8Array(Math.ceil(sizeBytes / CHUNK_BYTES));
        this.#files.set(fileIndex, { told, compared: 0, isEqual });
      }
      this.#due.add(fileIndex);
    }
    if (!this.#isRunning) void this.#run();
  }

  /** The digest of a chunk that is the same at both ends, once that is known; null for any other. */
  async equalDigest(fileIndex: number, chunkIndex: number): Promise<Bytes | null> {
    const file = this.#files.get(fileIndex);
    if (file === undefined || chunkIndex >= file.told) return null;
    while (chunkIndex >= file.compared) await new Promise<void>((resolve) => this.#wakeWaiting.push(resolve));
    return file.isEqual[chunkIndex] === 1 ? this.have.digestOf(fileIndex, chunkIndex) : null;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (const fileIndex of this.#due) {
      this.#due.delete(fileIndex);
      const file = this.#files.get(fileIndex)!;
      try {
        await this.#compare(fileIndex, file);
      } catch (error) {
        // Whoever reads it to send it finds out why.
        file.compared = Number.POSITIVE_INFINITY;
        this.#wake();
        if (!(error instanceof TransferError)) throw error;
      }
    }
    this.#isRunning = false;
  }

  async #compare(fileIndex: number, file: ComparedFile): Promise<void> {
    const entry = this.#entries[fileIndex]!;
    const source = await entry.open();
    try {
      while (file.compared < file.told) {
        const part = { firstChunk: file.compared, end: Math.min(entry.sizeBytes!, file.told * CHUNK_BYTES) };
        const isWhole = await hashChunks(source, part, this.#bulk, (chunkIndex, digest) => {
          if (this.#signal.aborted) throw new TransferError('interrupted');
          const theirs = this.have.digestOf(fileIndex, chunkIndex);
          if (theirs !== null && equalBytes(theirs, digest)) file.isEqual[chunkIndex] = 1;
          file.compared = chunkIndex + 1;
          this.#wake();
        });
        if (!isWhole) throw new TransferError('source-changed');
      }
    } finally {
      await source.close();
    }
  }

  #wake(): void {
    for (const resolve of this.#wakeWaiting.splice(0)) resolve();
  }
}
