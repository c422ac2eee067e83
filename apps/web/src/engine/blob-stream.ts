// A Blob's content from an offset on, in order: what the browser reads meanwhile lies ready, and comes into the same few
// bytes again and again. Asking for slices costs it twice as much, and fresh memory at both ends of each answer.

const ROOM_BYTES = 256 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

interface Reader {
  /** Null at the end. What is given belongs to the caller until the next call; some readers give more than was asked for. */
  next(mostBytes: number): Promise<Bytes | null>;
  cancel(): Promise<void>;
}

export class BlobStream {
  readonly #reader: Reader;
  #position: number;
  /** What came and wasn't asked for yet. */
  #rest: Bytes = new Uint8Array(0);

  constructor(blob: Blob, offset: number) {
    this.#position = offset;
    this.#reader = readerOf(blob.slice(offset).stream());
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.#position;
  }

  /** Fills `into`; returns how many bytes there were, fewer than its length only at the end. Errors: the browser's. */
  async read(into: Uint8Array): Promise<number> {
    let done = 0;
    while (done < into.length) {
      if (this.#rest.length === 0) {
        const next = await this.#reader.next(into.length - done);
        if (next === null) break;
        this.#rest = next;
      }
      const piece = this.#rest.subarray(0, into.length - done);
      into.set(piece, done);
      this.#rest = this.#rest.subarray(piece.length);
      done += piece.length;
    }
    this.#position += done;
    return done;
  }

  /** Ends the browser's reading. */
  close(): void {
    // One that has broken rejects.
    this.#reader.cancel().catch(() => {});
  }
}

function readerOf(stream: ReadableStream<Bytes>): Reader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: 'byob' });
  } catch {
    // Not every browser's can be read into memory that is there.
    return readerOfPieces(stream);
  }
  let room = new ArrayBuffer(ROOM_BYTES);
  return {
    async next(mostBytes) {
      const { done, value } = await reader.read(new Uint8Array(room, 0, Math.min(mostBytes, ROOM_BYTES)));
      if (done) return null;
      room = value.buffer;
      return value;
    },
    cancel: () => reader.cancel(),
  };
}

function readerOfPieces(stream: ReadableStream<Bytes>): Reader {
  const reader = stream.getReader();
  return {
    next: async () => (await reader.read()).value ?? null,
    cancel: () => reader.cancel(),
  };
}
