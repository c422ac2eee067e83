// Digests of chunks and files. A file's digest is the SHA-256 of its chunks' digests and its size: chunks can be
// hashed in parallel and arrive in any order. docs/PROTOCOL.md section 10.
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes, concat, u64 } from '../foundation/bytes.ts';
import { invariant } from '../foundation/invariant.ts';

/** Length of every digest in the protocol: SHA-256. */
export const DIGEST_BYTES = 32;

/** Folds chunk digests into a file digest, in chunk order whatever order they come in. */
export class FileDigest {
  // Made when they are needed: most files have one chunk, and many wait at once.
  #hash: ReturnType<typeof sha256.create> | null = null;
  #early: Map<number, Bytes> | null = null;
  #next = 0;

  /** Adds the digest of chunk `chunkIndex`. Each chunk is added once. */
  add(chunkIndex: number, digest: Bytes): void {
    invariant(chunkIndex >= this.#next && !this.#early?.has(chunkIndex), 'chunk digest added twice');
    if (chunkIndex > this.#next) {
      this.#early ??= new Map();
      this.#early.set(chunkIndex, digest);
      return;
    }
    this.#fold(digest);
    for (
      let ready = this.#early?.get(this.#next);
      ready !== undefined;
      ready = this.#early?.get(this.#next)
    ) {
      this.#early!.delete(this.#next);
      this.#fold(ready);
    }
  }

  /** Chunks folded so far without a gap. */
  get chunks(): number {
    return this.#next;
  }

  finish(sizeBytes: number): Bytes {
    invariant(!this.#early?.size, 'a chunk digest is missing');
    this.#hash ??= sha256.create();
    return concat(this.#hash.update(u64(sizeBytes)).digest());
  }

  #fold(digest: Bytes): void {
    this.#hash ??= sha256.create();
    this.#hash.update(digest);
    this.#next += 1;
  }
}

/** Digest over the accepted files: what the receipt states. */
export class ReceiptDigest {
  readonly #hash = sha256.create();

  /** Adds a file's digest; in ascending order of index. */
  add(index: number, digest: Uint8Array): void {
    this.#hash.update(u64(index)).update(digest);
  }

  finish(): Bytes {
    return concat(this.#hash.digest());
  }
}
