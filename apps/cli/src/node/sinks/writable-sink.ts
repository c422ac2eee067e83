// Port FolderSink over a writable stream: `--stdout`, and the library's `to`. Takes one file, in order; what comes
// early is held, which the engine's window bounds.
import type { Writable } from 'node:stream';
import { type ByteSink, type FolderSink, TransferError } from '@p2p-copy/core';
import { errnoOf } from '../disk/disk-error.ts';
import { errnoRow } from '../disk/errno-reasons.ts';

/** More than an engine ever has under way. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** The stream is not ended: it may be standard output. What was written cannot be taken back by `abandon`. */
export function createWritableSink(stream: Writable): FolderSink {
  let last: StreamSink | null = null;
  return {
    makeFolder: () => Promise.reject(new TransferError('sink-failed', 'A stream holds no folders.')),
    async openFile() {
      // A sender that was started anew, or a file that changed meanwhile.
      if (last?.hasWritten) {
        throw new TransferError(
          'sink-failed',
          'The sender begins anew, and what has gone to the stream cannot be written twice.',
        );
      }
      last = new StreamSink(stream);
      return last;
    },
    finish: async () => {},
  };
}

class StreamSink implements ByteSink {
  readonly #stream: Writable;
  /** Pieces that came before their turn, by offset. */
  readonly #held = new Map<number, Uint8Array>();
  #heldBytes = 0;
  #position = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(stream: Writable) {
    this.#stream = stream;
    // A failed write is reported where it was asked for; the event that follows it must not end the process.
    stream.on('error', () => {});
  }

  get hasWritten(): boolean {
    return this.#position > 0;
  }

  /** Resolves when the stream has taken the bytes, so that a slow reader slows the sender. */
  write(offset: number, bytes: Uint8Array): Promise<void> {
    const copy = bytes.slice();
    this.#writing = this.#writing.then(() => this.#take(offset, copy));
    return this.#writing;
  }

  async flush(): Promise<void> {
    await this.#writing;
  }

  async commit(): Promise<void> {
    await this.#writing;
    if (this.#held.size > 0) throw new TransferError('sink-failed', 'A part of the content is missing.');
  }

  async abandon(): Promise<void> {
    this.#held.clear();
    await this.#writing.catch(() => {});
  }

  async #take(offset: number, bytes: Uint8Array): Promise<void> {
    if (offset !== this.#position) return this.#hold(offset, bytes);
    let next: Uint8Array | undefined = bytes;
    while (next !== undefined) {
      await this.#writeThrough(next);
      this.#position += next.length;
      next = this.#held.get(this.#position);
      if (next === undefined) break;
      this.#held.delete(this.#position);
      this.#heldBytes -= next.length;
    }
  }

  #hold(offset: number, bytes: Uint8Array): void {
    this.#heldBytes += bytes.length;
    if (offset < this.#position || this.#held.has(offset) || this.#heldBytes > MAX_HELD_BYTES) {
      throw new TransferError('sink-failed', 'The content arrived in an order that a stream cannot take.');
    }
    this.#held.set(offset, bytes);
  }

  async #writeThrough(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    try {
      if (this.#stream.destroyed) throw new Error('it was closed');
      await new Promise<void>((resolve, reject) => {
        this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      const errno = errnoOf(error);
      const reason = errno !== null ? errnoRow(errno).reason : error instanceof Error ? error.message : error;
      throw new TransferError('sink-failed', `The output cannot be written: ${reason}.`, { cause: error });
    }
  }
}
