// A Blob's content from an offset on, in order: what the browser reads meanwhile lies ready. Asking for slices costs it twice as
// much. Not by a BYOB reader: Chromium 156 leaves its reads unanswered now and then.

type Bytes = Uint8Array<ArrayBuffer>;

export class BlobStream {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  #position: number;
  /** What came last, and how much of it was asked for. */
  #piece: Bytes = new Uint8Array(0);
  #taken = 0;

  constructor(blob: Blob, offset: number) {
    this.#position = offset;
    this.#reader = blob.slice(offset).stream().getReader();
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.#position;
  }

  /** Fills `into`; returns how many bytes there were, fewer than its length only at the end. Errors: the browser's. */
  async read(into: Uint8Array): Promise<number> {
    let done = 0;
    while (done < into.length) {
      if (this.#taken === this.#piece.length) {
        const { value } = await this.#reader.read();
        if (value === undefined) break;
        [this.#piece, this.#taken] = [value, 0];
      }
      done += this.#take(into.subarray(done));
    }
    this.#position += done;
    return done;
  }

  /** Ends the browser's reading. */
  close(): void {
    // One that has broken rejects.
    this.#reader.cancel().catch(() => {});
  }

  #take(into: Uint8Array): number {
    const part = this.#piece.subarray(this.#taken, this.#taken + into.length);
    into.set(part);
    this.#taken += part.length;
    return part.length;
  }
}
