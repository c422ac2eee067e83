// A Blob's content from an offset on, in order: what the browser reads meanwhile lies ready. Asking for slices costs it twice as
// much. Not by a BYOB reader: Chromium 156 leaves its reads unanswered now and then.

type Bytes = Uint8Array<ArrayBuffer>;

export class BlobStream {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  #position: number;
  /** What came and wasn't asked for yet. */
  #rest: Bytes = new Uint8Array(0);

  constructor(blob: Blob, offset: number) {
    this.#position = offset;
    this.#reader = blob.slice(offset).stream().getReader();
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.#position;
  }

  /**
   * Fills `into`; returns how many bytes there were, fewer than its length only at the end.
   * @throws TransferError the browser's
   */
  async read(into: Uint8Array): Promise<number> {
    let done = 0;
    while (done < into.length) {
      if (this.#rest.length === 0) {
        const { value } = await this.#reader.read();
        if (value === undefined) break;
        this.#rest = value;
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
