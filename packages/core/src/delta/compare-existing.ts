// The receiver's side of comparing: hashes what lies here of the files that were agreed on, and answers which of the told
// chunks it keeps. No digest of what lies here leaves. docs/PROTOCOL.md section 12.
import { DIGEST_BYTES } from '../crypto/file-digest.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSource } from '../ports/byte-source.ts';
import { parseAheadBody } from '../wire/ahead-record.ts';
import { violation } from '../wire/fields.ts';
import { encodeKeepBody, type KeepRow } from '../wire/keep-record.ts';
import { CHUNK_BYTES, MAX_AHEAD } from '../wire/limits.ts';
import type { ComparedFile } from './compared-file.ts';
import { hashChunks } from './hash-chunks.ts';
import type { RefusedChunks, RefusedRow } from './refused-chunks.ts';

/** Chunks answered in one record, at most, before the next told one is waited for. */
const ANSWERED_AT_ONCE = 64;

/** What comparing needs of the receiver, and whom it tells. */
export interface CompareExistingContext {
  bulk: BulkCrypto;
  refused: RefusedChunks;
  /** Sends the body of a keep record. */
  answer(keepBody: Bytes): Promise<void>;
  /** A told chunk lies here. Its bytes may be looked at until the promise resolves. */
  onKept(fileIndex: number, chunkIndex: number, chunk: Bytes): Promise<void>;
  /** Progress: `bytes` of `totalBytes` were read. */
  onHashed(bytes: number, totalBytes: number): void;
}

/**
 * The receiver’s side of a comparison: takes told digests, reads what lies here, and answers which chunks it keeps.
 */
export class CompareExisting {
  readonly #files: ReadonlyMap<number, ComparedFile>;
  readonly #context: CompareExistingContext;
  readonly #totalBytes: number;
  #rows: KeepRow[] = [];
  #refusedRows: RefusedRow[] = [];
  #decided = 0;
  #unanswered = 0;
  #hashedBytes = 0;
  #isStopped = false;
  #wake: () => void = () => {};

  /** @param files by index, ascending */
  constructor(files: ReadonlyMap<number, ComparedFile>, context: CompareExistingContext) {
    this.#files = files;
    this.#context = context;
    let totalBytes = 0;
    for (const file of files.values()) totalBytes += comparedBytes(file);
    this.#totalBytes = totalBytes;
  }

  of(fileIndex: number): ComparedFile | null {
    return this.#files.get(fileIndex) ?? null;
  }

  /**
   * Takes the body of an ahead record.
   * @throws TransferError `protocol-violation`
   */
  tell(aheadBody: Bytes): void {
    for (const { fileIndex, firstChunk, digests } of parseAheadBody(aheadBody)) {
      const file = this.#files.get(fileIndex);
      if (file === undefined) throw violation('digests of a file that is not compared');
      if (file.isVoid) continue;
      file.tell(firstChunk, digests);
      this.#unanswered += digests.length / DIGEST_BYTES;
      if (this.#unanswered > MAX_AHEAD) throw violation('more digests than may be without an answer');
    }
    this.#wake();
  }

  /** The sender can't deliver that file. */
  drop(fileIndex: number): void {
    const file = this.#files.get(fileIndex);
    if (file === undefined || file.isVoid) return;
    file.isVoid = true;
    this.#unanswered -= file.told - file.answered;
    this.#wake();
  }

  /** Ends `run`. */
  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  /**
   * Compares all files, in order.
   * @throws TransferError those of the context
   */
  async run(): Promise<void> {
    for (const [fileIndex, file] of this.#files) {
      await this.#compare(fileIndex, file);
      if (this.#isStopped) return;
    }
    await this.#flush();
  }

  async #compare(fileIndex: number, file: ComparedFile): Promise<void> {
    await this.#read(file, async (chunkIndex, digest, chunk, source) => {
      await this.#awaitTold(file, chunkIndex);
      if (this.#isOver(file)) return;
      this.#hashedBytes += chunk.length;
      this.#context.onHashed(this.#hashedBytes, this.#totalBytes);
      const isLast = chunkIndex === file.chunks - 1;
      if (isLast && file.content.isFinal) file.isStale = !(await source.isUnchanged());
      if (this.#isKept(file, chunkIndex, digest)) await this.#keep(fileIndex, file, chunk);
      else await this.#want(fileIndex, file, true);
    });
    // What can't be read is wanted.
    for (;;) {
      if (this.#isOver(file) || file.answered === file.chunks) return;
      await this.#awaitTold(file, file.answered);
      if (!this.#isOver(file)) await this.#want(fileIndex, file, false);
    }
  }

  /**
   * Hashes what lies here of a file as far as it can be read.
   * @throws TransferError those of `take`
   */
  async #read(
    file: ComparedFile,
    take: (chunkIndex: number, digest: Bytes, chunk: Bytes, source: ByteSource) => Promise<void>,
  ): Promise<void> {
    let failure: { error: unknown } | null = null;
    let source: ByteSource | null = null;
    try {
      const opened = await file.content.open();
      source = opened;
      await hashChunks(
        opened,
        { firstChunk: 0, end: comparedBytes(file) },
        this.#context.bulk,
        async (...chunk) => {
          try {
            if (this.#isOver(file)) throw new TransferError('interrupted');
            await take(...chunk, opened);
          } catch (error) {
            failure ??= { error };
            throw error;
          }
        },
      );
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
    } finally {
      await source?.close();
    }
    // Assigned in a callback, which the compiler doesn't see.
    const failed = failure as { error: unknown } | null;
    if (failed !== null && !this.#isOver(file)) throw failed.error;
  }

  #isOver({ isVoid }: ComparedFile): boolean {
    return this.#isStopped || isVoid;
  }

  #isKept(file: ComparedFile, chunkIndex: number, digest: Bytes): boolean {
    const isShort = file.bytesOf(chunkIndex) < CHUNK_BYTES;
    if (isShort && file.kept < chunkIndex) return false;
    const isEqual = equalBytes(digest, file.digestOf(chunkIndex));
    return isEqual && !this.#context.refused.has(file.content.identity, chunkIndex);
  }

  async #keep(fileIndex: number, file: ComparedFile, chunk: Bytes): Promise<void> {
    // Its part may have to wait for a place, which others get only when they are answered.
    if (file.isPartial && !file.isTaken) await this.#flush();
    file.isTaken ||= file.isPartial;
    const chunkIndex = file.answered;
    file.kept += 1;
    await this.#context.onKept(fileIndex, chunkIndex, chunk);
    await this.#answer(fileIndex, file, true);
  }

  /** @param wasRead whether the answer says something about what lies here */
  async #want(fileIndex: number, file: ComparedFile, wasRead: boolean): Promise<void> {
    const { identity, isFinal, version } = file.content;
    const row = { identity, version: isFinal ? version : '', firstChunk: file.answered, count: 1 };
    const last = this.#refusedRows.at(-1);
    if (!wasRead || this.#context.refused.has(identity, file.answered))
      await this.#answer(fileIndex, file, false);
    else {
      if (last?.identity === identity && last.firstChunk + last.count === row.firstChunk) last.count += 1;
      else this.#refusedRows.push(row);
      await this.#answer(fileIndex, file, false);
    }
  }

  async #answer(fileIndex: number, file: ComparedFile, isKept: boolean): Promise<void> {
    const last = this.#rows.at(-1);
    if (last?.fileIndex === fileIndex && last.isKept === isKept) last.count += 1;
    else this.#rows.push({ fileIndex, firstChunk: file.answered, count: 1, isKept });
    file.answered += 1;
    // What is void was taken out of the count with all that it had told.
    if (!file.isVoid) this.#unanswered -= 1;
    this.#decided += 1;
    if (this.#decided >= ANSWERED_AT_ONCE) await this.#flush();
  }

  /** Sends what was decided, once it is noted what differs. */
  async #flush(): Promise<void> {
    if (this.#rows.length === 0) return;
    const [rows, refusedRows] = [this.#rows, this.#refusedRows];
    [this.#rows, this.#refusedRows, this.#decided] = [[], [], 0];
    await this.#context.refused.note(refusedRows);
    await this.#context.answer(encodeKeepBody(rows));
  }

  async #awaitTold(file: ComparedFile, chunkIndex: number): Promise<void> {
    while (!this.#isOver(file) && chunkIndex >= file.told) {
      await this.#flush();
      if (this.#isOver(file) || chunkIndex < file.told) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Bytes of a file that are read to be compared. */
function comparedBytes({ chunks, sizeBytes }: ComparedFile): number {
  return Math.min(sizeBytes, chunks * CHUNK_BYTES);
}
