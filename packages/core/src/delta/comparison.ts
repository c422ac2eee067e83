// The sender's side of comparing: the digests of chunks that lie at the receiver are told ahead of any content, and the
// receiver answers which it keeps. docs/PROTOCOL.md section 12.
import { type Bytes, concat, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { aheadBodies } from '../wire/ahead-record.ts';
import type { ComparedFile } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import { parseKeepBody } from '../wire/keep-record.ts';
import { CHUNK_BYTES, MAX_AHEAD, MIN_COMPARED_BYTES } from '../wire/limits.ts';
import { hashChunks } from './hash-chunks.ts';

/** Digests told in one record: the receiver compares some while others are hashed here. */
const TOLD_AT_ONCE = 64;
/** Digests told and not yet used by the pipeline that sends, 2 MiB of them. */
const MAX_UNUSED = 65_536;

/** What is known of a chunk that was told. */
export interface ToldChunk {
  digest: Bytes;
  isKept: boolean;
}

interface FileUnderComparison {
  /** Chunks to be compared, from the first on. */
  readonly chunks: number;
  told: number;
  answered: number;
  /** Told chunks that the pipeline hasn't used. */
  readonly unused: Map<number, ToldChunk>;
  /** Why the rest can't be told. */
  failure: TransferError | null;
  /** Sent, or failed: answers about it mean nothing any more. */
  isOver: boolean;
}

/** The sender’s side of a comparison: tells digests ahead of content, and knows what the receiver keeps. */
export class Comparison {
  readonly #entries: readonly SourceEntry[];
  readonly #bulk: BulkCrypto;
  readonly #signal: AbortSignal;
  readonly #files = new Map<number, FileUnderComparison>();
  #lastFile = -1;
  #unanswered = 0;
  #unused = 0;
  #waiting: (() => void)[] = [];

  /** @param signal ends it */
  constructor(entries: readonly SourceEntry[], bulk: BulkCrypto, signal: AbortSignal) {
    this.#entries = entries;
    this.#bulk = bulk;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /**
   * Looks again at a chunk whose digest was told, since its file has changed.
   * @throws TransferError `source-changed`
   */
  async expectDigest(chunk: Bytes, told: Bytes): Promise<void> {
    if (!equalBytes(await this.#bulk.sha256(chunk), told)) throw new TransferError('source-changed');
  }

  /**
   * Takes what a compare message asks for.
   * @throws TransferError `protocol-violation`
   */
  want(files: readonly ComparedFile[]): void {
    for (const [fileIndex, chunks] of files) {
      const entry = this.#entries[fileIndex];
      const sizeBytes = entry?.kind === 'file' ? (entry.sizeBytes ?? 0) : 0;
      const isFitting = sizeBytes >= MIN_COMPARED_BYTES && chunks <= Math.ceil(sizeBytes / CHUNK_BYTES);
      if (fileIndex <= this.#lastFile || !isFitting) throw violation('a file can not be compared so');
      this.#lastFile = fileIndex;
      this.#files.set(fileIndex, {
        chunks,
        told: 0,
        answered: 0,
        unused: new Map(),
        failure: null,
        isOver: false,
      });
    }
  }

  /** Indices of all that is compared. */
  get files(): Iterable<number> {
    return this.#files.keys();
  }

  /** How many chunks of a file, from the first on, are compared. */
  chunksOf(fileIndex: number): number {
    return this.#files.get(fileIndex)?.chunks ?? 0;
  }

  /** Tells all digests, as the receiver's answers give room. `tell` gets bodies of ahead records. */
  async run(tell: (aheadBody: Bytes) => Promise<void>): Promise<void> {
    for (const [fileIndex, file] of this.#files) {
      try {
        await this.#tellFile(fileIndex, file, tell);
      } catch (error) {
        if (this.#signal.aborted) return;
        if (!(error instanceof TransferError)) throw error;
        // The pipeline fails the file by it.
        file.failure = error;
        this.#wake();
      }
    }
  }

  /**
   * Takes the body of a keep record.
   * @throws TransferError `protocol-violation`
   */
  answer(keepBody: Bytes): void {
    for (const { fileIndex, firstChunk, count, isKept } of parseKeepBody(keepBody)) {
      const file = this.#files.get(fileIndex);
      if (file?.isOver) continue;
      if (file === undefined || firstChunk !== file.answered || firstChunk + count > file.told)
        throw violation('an answer about chunks that were not told');
      if (isKept)
        for (let i = firstChunk; i < firstChunk + count; i += 1) {
          const chunk = file.unused.get(i);
          if (chunk !== undefined) chunk.isKept = true;
        }
      file.answered += count;
      this.#unanswered -= count;
    }
    this.#wake();
  }

  isAnswered(fileIndex: number, chunkIndex: number): boolean {
    const { failure, answered } = this.#files.get(fileIndex)!;
    return failure !== null || chunkIndex < answered;
  }

  /**
   * What was told of a chunk and answered; each chunk is asked for once.
   * @throws TransferError `source-unreadable`, `source-changed`
   */
  async outcome(fileIndex: number, chunkIndex: number): Promise<ToldChunk> {
    while (!this.isAnswered(fileIndex, chunkIndex)) {
      if (this.#signal.aborted) throw new TransferError('interrupted');
      await this.#change();
    }
    const file = this.#files.get(fileIndex)!;
    if (chunkIndex >= file.answered) throw file.failure!;
    const chunk = file.unused.get(chunkIndex)!;
    file.unused.delete(chunkIndex);
    this.#unused -= 1;
    this.#wake();
    return chunk;
  }

  /** The file is sent, or failed. */
  forget(fileIndex: number): void {
    const file = this.#files.get(fileIndex);
    if (file === undefined || file.isOver) return;
    file.isOver = true;
    this.#unanswered -= file.told - file.answered;
    this.#unused -= file.unused.size;
    file.unused.clear();
    file.failure ??= new TransferError('source-changed');
    this.#wake();
  }

  async #tellFile(
    fileIndex: number,
    file: FileUnderComparison,
    tell: (aheadBody: Bytes) => Promise<void>,
  ): Promise<void> {
    const entry = this.#entries[fileIndex]!;
    let first = 0;
    let digests: Bytes[] = [];
    const flush = async () => {
      if (digests.length === 0) return;
      const run = { fileIndex, firstChunk: first, digests: concat(...digests) };
      first += digests.length;
      digests = [];
      for (const body of aheadBodies([run])) await tell(body);
    };
    const source = await entry.open();
    try {
      const end = Math.min(entry.sizeBytes!, file.chunks * CHUNK_BYTES);
      const isWhole = await hashChunks(
        source,
        { firstChunk: 0, end },
        this.#bulk,
        async (chunkIndex, digest) => {
          if (!this.#hasRoom(file)) await flush();
          while (!this.#hasRoom(file)) await this.#change();
          if (this.#signal.aborted || file.failure !== null)
            throw file.failure ?? new TransferError('interrupted');
          file.unused.set(chunkIndex, { digest, isKept: false });
          file.told += 1;
          this.#unanswered += 1;
          this.#unused += 1;
          digests.push(digest);
          if (digests.length >= TOLD_AT_ONCE) await flush();
        },
      );
      if (!isWhole) throw new TransferError('source-changed');
      await flush();
    } finally {
      await source.close();
    }
  }

  #hasRoom({ failure }: FileUnderComparison): boolean {
    if (failure !== null || this.#signal.aborted) return true;
    return this.#unanswered < MAX_AHEAD && this.#unused < MAX_UNUSED;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
