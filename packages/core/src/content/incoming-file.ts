// One file on the receiver's side: chunks in any order go to its sink, and when all are there and the digest is
// right it gets its final name. Nothing stands under that name before.
import { FileDigest } from '../crypto/file-digest.ts';
import { ChunkSet } from '../delta/chunk-set.ts';
import type { ComparedFile } from '../delta/compared-file.ts';
import { holdsFile } from '../delta/holds-file.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import type { Slice } from '../wire/data-record.ts';
import type { FinalDigest } from '../wire/digests-record.ts';
import { violation } from '../wire/fields.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';
import { chunkDigest } from './zero-chunk.ts';

/** A file is flushed when this much more has been written, or this long after the last flush: progress means durable. */
const FLUSH_BYTES = 16 * 1024 * 1024;
const FLUSH_MS = 1000;

/** The same for all files of a transfer. */
export interface IncomingFileContext {
  clock: Clock;
  bulk: BulkCrypto;
  /** Opens a file's sink; called once, with the first chunk or with the digest of an empty file. */
  openSink(entry: ManifestEntry): Promise<ByteSink>;
  /** Bytes that need not come, since what lies here is the same. */
  onKept(bytes: number): void;
  /** Bytes written since the last call. */
  onWritten(bytes: number): void;
  /** Bytes that became durable since the last call. */
  onDurable(bytes: number): void;
}

/**
 * One file while it arrives: checks each chunk, writes it at its offset, and commits the whole once its digest is the
 * sender’s.
 */
export class IncomingFile {
  readonly entry: ManifestEntry;
  readonly #context: IncomingFileContext;
  readonly #compared: ComparedFile | null;
  readonly #digest = new FileDigest();
  readonly #chunks = new ChunkSet();
  #sink: Promise<ByteSink> | null = null;
  #final: FinalDigest | null = null;
  #shortChunkEnd: number | null = null;
  #copying: Promise<void> = Promise.resolve();
  #keptBytes = 0;
  #acceptedBytes = 0;
  #writtenBytes = 0;
  #flushedBytes = 0;
  #flushedAtMs: number;
  #flushing: Promise<void> | null = null;
  #cancelFlush: (() => void) | null = null;
  /** Committing or abandoned: the sink is not for flushing any more. */
  #isSettled = false;
  #isAbandoned = false;
  #writing: Promise<unknown> = Promise.resolve();

  /** @param compared what lies here of the file, and is compared meanwhile */
  constructor(entry: ManifestEntry, compared: ComparedFile | null, context: IncomingFileContext) {
    this.entry = entry;
    this.#compared = compared;
    this.#context = context;
    this.#flushedAtMs = context.clock.nowMs();
  }

  /**
   * Checks a slice against the entry before its bytes are looked at.
   * @throws TransferError `protocol-violation`
   */
  accept({ offset, length }: Slice): void {
    const end = offset + length;
    const { sizeBytes } = this.entry;
    if (sizeBytes !== null && (end > sizeBytes || (length < CHUNK_BYTES && end !== sizeBytes))) {
      throw violation('a chunk does not fit its file');
    }
    if (this.#compared?.isOpen(offset / CHUNK_BYTES) === false) {
      throw violation('content that is still compared');
    }
    if (length < CHUNK_BYTES) {
      if (this.#shortChunkEnd !== null) throw violation('a file has two ends');
      this.#shortChunkEnd = end;
    }
    this.#chunks.add(offset);
    this.#acceptedBytes += length;
  }

  /**
   * Takes a chunk that lies here as if it had come. `chunk` may be looked at until the promise resolves.
   * @param mayOpen whether the part may be opened for it
   * @throws TransferError those of the sink
   */
  keep(chunkIndex: number, chunk: Bytes, mayOpen: boolean): Promise<void> {
    this.#chunks.add(chunkIndex * CHUNK_BYTES);
    this.#acceptedBytes += chunk.length;
    return this.#track(this.#keep(chunkIndex, chunk, mayOpen));
  }

  /** Bytes that are written, and that no flush has made durable. */
  get undurableBytes(): number {
    return this.#writtenBytes - this.#flushedBytes;
  }

  /** Whether its sink was opened. */
  get isOpen(): boolean {
    return this.#sink !== null;
  }

  /**
   * Takes the final size and digest.
   * @throws TransferError `protocol-violation`
   */
  acceptFinal(final: FinalDigest): void {
    if (this.#final !== null) throw violation('a file’s digest came twice');
    const { sizeBytes } = this.entry;
    if (sizeBytes !== null && final.sizeBytes !== sizeBytes) throw violation('a file’s size changed');
    this.#final = final;
  }

  /**
   * Hashes and writes an accepted slice.
   * @throws TransferError those of the sink
   */
  write(slice: Slice, bytes: Bytes): Promise<void> {
    return this.#track(this.#write(slice, bytes));
  }

  /** Whether all bytes are written and the digest is known. */
  get isComplete(): boolean {
    return this.#final !== null && this.#writtenBytes + this.#keptBytes === this.#final.sizeBytes;
  }

  /**
   * Verifies and commits a complete file.
   * @throws TransferError `digest-mismatch`, `part-changed`, those of the sink
   */
  async commit(): Promise<FinalDigest> {
    const final = this.#final!;
    if (!this.#matches(final)) {
      throw new TransferError('digest-mismatch');
    }
    const compared = this.#compared;
    const { bulk } = this.#context;
    if (this.#sink === null && this.#keptBytes === final.sizeBytes && compared?.mayStandAs(final)) {
      await compared.expectStill(final, bulk);
      return final;
    }
    const sink = await this.#open();
    await this.#copying;
    this.#stopFlushing();
    await this.#flushing;
    await sink.commit({ sizeBytes: final.sizeBytes, isIn: (part) => holdsFile(part, final, bulk) });
    this.#context.onDurable(this.undurableBytes);
    return final;
  }

  /** Closes the sink, if it was opened; the part stays where `keep` is set. */
  async abandon(keep: boolean): Promise<void> {
    this.#isAbandoned = true;
    this.#stopFlushing();
    if (this.#sink === null) return;
    const sink = await this.#sink.catch(() => null);
    await this.#writing;
    await this.#flushing?.catch(() => {});
    await sink?.abandon(keep);
  }

  /** The sink is closed only when this is over. */
  #track(written: Promise<void>): Promise<void> {
    const before = this.#writing;
    const settled = () => before;
    this.#writing = written.then(settled, settled);
    return written;
  }

  async #keep(chunkIndex: number, chunk: Bytes, mayOpen: boolean): Promise<void> {
    const compared = this.#compared!;
    this.#digest.add(chunkIndex, compared.digestOf(chunkIndex));
    if (compared.content.isFinal) {
      if (mayOpen) this.#open();
      if (this.#sink === null) compared.leave(chunkIndex);
      else await (await this.#sink).write(chunkIndex * CHUNK_BYTES, chunk);
    }
    this.#keptBytes += chunk.length;
    this.#context.onKept(chunk.length);
  }

  /** What was kept before is copied while more comes. */
  #open(): Promise<ByteSink> {
    if (this.#sink !== null) return this.#sink;
    const sink = this.#context.openSink(this.entry);
    this.#sink = sink;
    const compared = this.#compared;
    if (compared?.hasLeft) {
      const isOver = () => this.#isAbandoned;
      const { bulk } = this.#context;
      const copy = async () => compared.copyLeft(await sink, bulk, isOver);
      this.#copying = this.#track(copy());
      // The commit awaits it.
      this.#copying.catch(() => {});
    }
    return sink;
  }

  async #write({ offset }: Slice, bytes: Bytes): Promise<void> {
    const opening = this.#open();
    const hashed = chunkDigest(bytes, this.#context.bulk);
    const sink = await opening;
    const chunkIndex = offset / CHUNK_BYTES;
    if (this.#compared?.isAsTold(chunkIndex, await hashed) === false) {
      throw new TransferError('digest-mismatch', 'A piece of a file is not what the sender told before.');
    }
    await sink.write(offset, bytes);
    this.#digest.add(chunkIndex, await hashed);
    this.#writtenBytes += bytes.length;
    this.#context.onWritten(bytes.length);
    // The commit flushes what is whole.
    if (this.#flushing !== null || this.#writtenBytes + this.#keptBytes === this.entry.sizeBytes) return;
    if (this.#isFlushDue()) this.#flush(sink);
    else this.#flushLater(sink);
  }

  #matches(final: FinalDigest): boolean {
    // More chunks than the size has room for, or a short chunk elsewhere than at the end, would leave holes.
    if (this.#acceptedBytes !== final.sizeBytes) return false;
    if (this.#digest.chunks !== Math.ceil(final.sizeBytes / CHUNK_BYTES)) return false;
    if (this.#shortChunkEnd !== null && this.#shortChunkEnd !== final.sizeBytes) return false;
    return equalBytes(this.#digest.finish(final.sizeBytes), final.digest);
  }

  #isFlushDue(): boolean {
    if (this.#writtenBytes - this.#flushedBytes >= FLUSH_BYTES) return true;
    return this.#context.clock.nowMs() - this.#flushedAtMs >= FLUSH_MS;
  }

  #stopFlushing(): void {
    this.#isSettled = true;
    this.#cancelFlush?.();
  }

  /** A stream may stand still: what has come is confirmed all the same. */
  #flushLater(sink: ByteSink): void {
    if (this.#isSettled) return;
    this.#cancelFlush ??= this.#context.clock.after(FLUSH_MS, () => {
      this.#cancelFlush = null;
      if (this.#flushing === null && this.#flushedBytes < this.#writtenBytes) this.#flush(sink);
    });
  }

  #flush(sink: ByteSink): void {
    const upTo = this.#writtenBytes;
    this.#flushing = sink.flush().then(() => {
      this.#context.onDurable(upTo - this.#flushedBytes);
      this.#flushedBytes = upTo;
      this.#flushedAtMs = this.#context.clock.nowMs();
      this.#flushing = null;
      if (this.#flushedBytes < this.#writtenBytes) this.#flushLater(sink);
    });
    // A failed flush is reported by the commit, which awaits it.
    this.#flushing.catch(() => {});
  }
}
