// Memory for sealed records, used again once the network has it: what is fresh for each record costs the sealing end a
// tenth of its work in page faults.

/** Bytes of one buffer: a chunk, its tag, and the longest slice table that small files bring along. */
const BUFFER_BYTES = 264 * 1024;
/** Shorter records would hold a whole buffer each. */
const SHORT_BYTES = 64 * 1024;
/** Buffers kept free, at most: about what one lane has in its queue. */
const MAX_FREE = 8;

export class SealedBuffers {
  readonly #free: ArrayBuffer[] = [];
  readonly #lent = new WeakSet<ArrayBuffer>();

  /** Memory of that length, with anything in it. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length < SHORT_BYTES || length > BUFFER_BYTES) return uninitialized(length);
    const buffer = this.#free.pop() ?? uninitialized(BUFFER_BYTES).buffer;
    this.#lent.add(buffer);
    return new Uint8Array(buffer, 0, length);
  }

  /** What `take` gave, when nobody looks at it any more. Other memory is left alone. */
  giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (this.#lent.delete(buffer) && this.#free.length < MAX_FREE) this.#free.push(buffer);
  }
}

/** Of a buffer of its own. */
function uninitialized(length: number): Uint8Array<ArrayBuffer> {
  const { buffer } = Buffer.allocUnsafeSlow(length);
  return new Uint8Array(buffer as ArrayBuffer);
}
