// The chain of SHA-256 that classic runs over a file's payloads and over what already lies on a disk:
// c ← SHA-256(c ‖ payload), from the empty string. docs/CLASSIC.md, sections Messages and Chunks.
import type { Bytes } from '../foundation/bytes.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSource } from '../ports/byte-source.ts';
import { CLASSIC_CHUNK_BYTES, LINK_BYTES } from './constants.ts';

/** Follows one chain. Links come in the order of calls; payloads may become known in any order. */
export class HashChain {
  readonly #bulk: BulkCrypto;
  #link: Promise<Bytes | null> = Promise.resolve(null);

  constructor(bulk: BulkCrypto) {
    this.#bulk = bulk;
  }

  /**
   * The link after a payload.
   * @param room 32 bytes of any content, then the payload. The first 32 are overwritten, which saves a copy of the
   *   rest; neither may be touched until the link is there.
   */
  next(room: Bytes | Promise<Bytes>): Promise<Bytes> {
    const next = Promise.all([this.#link, room]).then(([link, known]) => linkAfter(link, known, this.#bulk));
    // Who asked for it hears of a payload that never came.
    next.catch(() => {});
    this.#link = next;
    return next;
  }
}

/**
 * The last link over the first `sizeBytes` of a source; null when it is shorter.
 * @throws TransferError those of the source
 */
export async function chainOver(
  source: ByteSource,
  sizeBytes: number,
  bulk: BulkCrypto,
): Promise<Bytes | null> {
  const chain = new HashChain(bulk);
  let link: Promise<Bytes | null> = Promise.resolve(null);
  for (let offset = 0; offset < sizeBytes; ) {
    const room = new Uint8Array(LINK_BYTES + Math.min(CLASSIC_CHUNK_BYTES, sizeBytes - offset));
    const length = await source.read(offset, room.subarray(LINK_BYTES));
    // The chunk before this one was hashed meanwhile.
    await link;
    if (length < room.length - LINK_BYTES) return null;
    link = chain.next(room);
    offset += length;
  }
  return link;
}

async function linkAfter(link: Bytes | null, room: Bytes, bulk: BulkCrypto): Promise<Bytes> {
  if (link !== null) room.set(link);
  const hashed = link === null ? room.subarray(LINK_BYTES) : room;
  return bulk.sha256(hashed);
}
