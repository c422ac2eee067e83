// Bytes of one frame or message that are held until it is whole: in memory of their own, because a view would keep the
// whole read that they came with, and in one buffer, because a buffer for each of many fragments costs more than they do.

const FIRST_BYTES = 64;

export class HeldBytes {
  #buffer: Buffer;
  #length = 0;

  /** @param expectedBytes how many are announced so far; the caller has checked them against its limit */
  constructor(expectedBytes: number) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, expectedBytes));
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Copies `part` to the end, and returns where it is now. */
  append(part: Buffer): Buffer {
    const end = this.#length + part.length;
    if (end > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, 2 * this.#buffer.length));
      this.bytes.copy(larger);
      this.#buffer = larger;
    }
    part.copy(this.#buffer, this.#length);
    const copy = this.#buffer.subarray(this.#length, end);
    this.#length = end;
    return copy;
  }
}
