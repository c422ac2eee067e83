// The digests of all files of a transfer in one flat buffer, and the digest over them that a receipt states.
import { DIGEST_BYTES, ReceiptDigest } from '../crypto/file-digest.ts';
import type { Bytes } from '../foundation/bytes.ts';

/** The digests of a transfer’s files by index, for the receipt over all of them. */
export class DigestTable {
  readonly #digests: Bytes;
  readonly #present: Uint8Array;
  #files = 0;
  #bytes = 0;

  /** @param entryCount Entries in the manifest, folders and skipped ones included. */
  constructor(entryCount: number) {
    this.#digests = new Uint8Array(entryCount * DIGEST_BYTES);
    this.#present = new Uint8Array(entryCount);
  }

  set(index: number, sizeBytes: number, digest: Uint8Array): void {
    this.#digests.set(digest, index * DIGEST_BYTES);
    this.#present[index] = 1;
    this.#files += 1;
    this.#bytes += sizeBytes;
  }

  /** Files in the table. */
  get files(): number {
    return this.#files;
  }

  /** Their sizes together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** SHA-256 over index and digest of each file in the table, by ascending index. */
  receiptDigest(): Bytes {
    const receipt = new ReceiptDigest();
    this.#present.forEach((present, index) => {
      if (present === 1) {
        receipt.add(index, this.#digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES));
      }
    });
    return receipt.finish();
  }
}
