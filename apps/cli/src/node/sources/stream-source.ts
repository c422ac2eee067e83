// Port ByteSource over a readable stream: standard input, whose length nobody knows before its end.
import type { Readable } from 'node:stream';
import { type ByteSource, type SourceEntry, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';

/** The name under which a stream arrives. */
const STREAM_NAME = 'stdin';

/** A manifest entry for what `stream` will give. It can be opened once. */
export function streamEntry(stream: Readable): SourceEntry {
  let opened = false;
  return {
    kind: 'file',
    path: STREAM_NAME,
    sizeBytes: null,
    modifiedMs: null,
    executable: false,
    async open() {
      if (opened)
        throw new TransferError('source-unreadable', `${quoted(STREAM_NAME)} can be read only once.`);
      opened = true;
      return new StreamSource(stream);
    },
  };
}

class StreamSource implements ByteSource {
  readonly #stream: Readable;
  readonly #pieces: AsyncIterator<Uint8Array | string>;
  #rest: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#pieces = stream[Symbol.asyncIterator]();
  }

  async read(offset: number, into: Uint8Array): Promise<number> {
    if (offset !== this.#position) {
      throw new TransferError(
        'source-unreadable',
        `${quoted(STREAM_NAME)} can be read only from start to end.`,
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
      throw new TransferError('source-unreadable', `${quoted(STREAM_NAME)} cannot be read: ${reason}.`, {
        cause: error,
      });
    }
  }
}
