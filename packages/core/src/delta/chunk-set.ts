// Which chunks of a file have come: a bitmap that grows.
import { violation } from '../wire/fields.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

/** The bitmap of a file of 8 PiB is 4 GiB; a peer that streams without a size is held to this many chunks (16 TiB). */
const MAX_CHUNKS = 2 ** 26;

/** The chunks of one file that have come, by offset: one bit each. */
export class ChunkSet {
  #bits = new Uint8Array(8);

  /** @throws TransferError `protocol-violation` when the chunk has come before, or lies beyond any file */
  add(offset: number): void {
    const index = offset / CHUNK_BYTES;
    if (index >= MAX_CHUNKS) throw violation('a chunk lies too far out');
    const byte = index >> 3;
    if (byte >= this.#bits.length) {
      const grown = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    const bit = 1 << (index & 7);
    if ((this.#bits[byte]! & bit) !== 0) throw violation('a chunk came twice');
    this.#bits[byte]! |= bit;
  }
}
