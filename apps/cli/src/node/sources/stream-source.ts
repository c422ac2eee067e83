// Port ByteSource over a readable stream: standard input or a pipe, whose length nobody knows before its end.
import type { Readable } from 'node:stream';
import { type ByteSource, type SourceEntry, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';

/** The name under which standard input arrives. */
export const STREAM_NAME = 'stdin';

/**
 * A manifest entry for what a stream will give. It can be opened once.
 * @param open gives the stream when its content is wanted; may throw a TransferError
 */
export function streamEntry(open: () => Readable, path: string = STREAM_NAME): SourceEntry {
  let opened = false;
  return {
    kind: 'file',
    path,
    sizeBytes: null,
    modifiedMs: null,
    executable: false,
    async open() {
      if (opened) throw new TransferError('source-unreadable', `${quoted(path)} can be read only once.`);
      opened = true;
      return new StreamSource(open(), path);
    },
  };
}

class StreamSource implements ByteSource {
  readonly #stream: Readable;
  readonly #path: string;
  readonly #pieces: AsyncIterator<Uint8Array | string>;
  #rest: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(stream: Readable, path: string) {
    this.#stream = stream;
    this.#path = path;
    this.#pieces = stream[Symbol.asyncIterator]();
  }

  async read(offset: number, into: Uint8Array): Promise<number> {
    if (offset !== this.#position) {
      throw new TransferError(
        'source-unreadable',
        `${quoted(this.#path)} can be read only from start to end.`,
      );
    }
    let filled = 0;
    while (filled < into.length) {
      if (this.#rest.length === 0 && !(await this.#refill())) break;
      const taken = this.#rest.subarray(0, into.length - filled);
      into.set(taken, filled);
      filled += taken.length;
      this.#rest = this.#rest.subarray(taken.length);
    }
    this.#position += filled;
    return filled;
  }

  async isUnchanged(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }

  async #refill(): Promise<boolean> {
    try {
      const { done, value } = await this.#pieces.next();
      if (done === true) return false;
      this.#rest = typeof value === 'string' ? Buffer.from(value) : value;
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TransferError('source-unreadable', `${quoted(this.#path)} cannot be read: ${reason}.`, {
        cause: error,
      });
    }
  }
}
