// The descriptor of an open part, and all calls on it. It is closed when those are over: after that another file may get its number.
import { type BigIntStats, fdatasync, fstatSync, fsync, fsyncSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { closeDescriptor } from '../descriptors.ts';
import { readPart } from './part-bytes.ts';
import type { PartPlace } from './part-place.ts';

/** Pieces below this are written at once on any disk. */
const SMALL_BYTES = 64 * 1024;
const REWRITTEN_BYTES = 1024 * 1024;

const writeAsync = promisify(write);
const syncAll = promisify(fsync);
const syncContent = promisify(fdatasync);

export class PartDescriptor {
  /** For synchronous calls, while it isn't closed. */
  readonly number: number;
  readonly #place: Pick<PartPlace, 'pace' | 'isInMemory' | 'sharedFlush'>;
  /** Calls that still use it. */
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  /** @param descriptor open for reading and writing */
  constructor(descriptor: number, place: Pick<PartPlace, 'pace' | 'isInMemory' | 'sharedFlush'>) {
    this.number = descriptor;
    this.#place = place;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  stat(): BigIntStats {
    return fstatSync(this.number, { bigint: true });
  }

  /** The number of bytes that were written; a promise while a thread writes. */
  write(bytes: Uint8Array, start: number, position: number): number | Promise<number> {
    const length = bytes.length - start;
    const { pace } = this.#place;
    if (length < SMALL_BYTES || pace.isImmediate) {
      const startMs = performance.now();
      const written = writeSync(this.number, bytes, start, length, position);
      pace.took(performance.now() - startMs);
      return written;
    }
    return this.#run(writeAsync(this.number, bytes, start, length, position)).then(
      ({ bytesWritten }) => bytesWritten,
    );
  }

  /** Fills `into` from an offset on; the number of bytes, fewer at the end of the file. */
  read(offset: number, into: Uint8Array): Promise<number> {
    return readPart(this.number, offset, into, (call) => this.#run(call));
  }

  /** Writes all of it once more, as it is. While nothing else is written. */
  async rewrite(): Promise<void> {
    const piece = new Uint8Array(REWRITTEN_BYTES);
    for (let offset = 0; ; ) {
      const length = await this.read(offset, piece);
      if (length === 0) return;
      for (let written = 0; written < length; )
        written += await this.write(piece.subarray(0, length), written, offset + written);
      offset += length;
    }
  }

  /** Makes its content durable, as far as it is written. */
  flushContent(): Promise<void> {
    return this.#run(syncContent(this.number));
  }

  /** Makes all of it durable. @param own not by a flush for several files */
  flushAll({ own }: { own: boolean }): Promise<void> {
    const { isInMemory, sharedFlush } = this.#place;
    if (isInMemory) {
      fsyncSync(this.number);
      return Promise.resolve();
    }
    if (own || sharedFlush === null) return this.#run(syncAll(this.number));
    const { dev, size } = this.stat();
    return this.#run(sharedFlush.flush(this.number, { device: dev, sizeBytes: Number(size) }));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#running.size > 0) await Promise.allSettled(this.#running);
    closeDescriptor(this.number);
  }

  async #run<T>(call: Promise<T>): Promise<T> {
    this.#running.add(call);
    try {
      return await call;
    } finally {
      this.#running.delete(call);
    }
  }
}
