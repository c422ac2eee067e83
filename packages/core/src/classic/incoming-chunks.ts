// What arrives of one file, checked in the order of the wire: sequence, seal, link, decompression.
// docs/CLASSIC.md, section Chunks.
import { decodeZstdPayload } from '../compression/zstd-payload.ts';
import { type Bytes, concat, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { LazyZstd } from '../ports/zstd.ts';
import { violation } from '../wire/fields.ts';
import { parseChunkMessage } from './chunk-message.ts';
import type { ClassicCipher } from './classic-cipher.ts';
import type { FileHeader } from './classic-message.ts';
import { CLASSIC_CHUNK_BYTES, LINK_BYTES } from './constants.ts';
import { HashChain } from './hash-chain.ts';

/** The chunks of one file as they come: checked against the hash chain, opened, decompressed, in order. */
export class IncomingChunks {
  readonly #header: Promise<FileHeader>;
  readonly #cipher: ClassicCipher | null;
  readonly #zstd: LazyZstd;
  readonly #chain: HashChain;
  #nextSequence = 0;

  /** @param header may still be opened while chunks arrive */
  constructor(header: Promise<FileHeader>, cipher: ClassicCipher | null, zstd: LazyZstd, bulk: BulkCrypto) {
    this.#chain = new HashChain(bulk);
    this.#header = header;
    this.#cipher = cipher;
    this.#zstd = zstd;
  }

  /**
   * The content of the next chunk. Calls are in the order of arrival and may overlap. The message's memory is used.
   * @throws TransferError `protocol-violation`, `authentication-failed`, `digest-mismatch`
   */
  async open(message: Bytes): Promise<Uint8Array> {
    const { sequence, link, payload, room } = parseChunkMessage(message);
    if (sequence !== this.#nextSequence) throw violation('a chunk is out of sequence');
    this.#nextSequence += 1;
    // Both are taken before anything is awaited: the next chunk's come after these.
    const opened = this.#cipher?.next().open(payload) ?? null;
    const known = opened === null ? room : opened.then((bytes) => concat(new Uint8Array(LINK_BYTES), bytes));
    const expected = this.#chain.next(known);
    const content = (await known).subarray(LINK_BYTES);
    if (!equalBytes(await expected, link)) {
      throw new TransferError('digest-mismatch', 'A chunk does not match its checksum.');
    }
    const { compression } = await this.#header;
    return compression === 'zstd' ? this.#decompress(content) : content;
  }

  async #decompress(payload: Bytes): Promise<Uint8Array> {
    const content = await decodeZstdPayload(await this.#zstd.get(), payload, CLASSIC_CHUNK_BYTES);
    if (content === null) throw violation('a chunk does not decompress to at most 1 MiB');
    return content;
  }
}
