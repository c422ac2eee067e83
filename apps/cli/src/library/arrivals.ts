// Where the files of an accepted offer ended up: saved, under which name, or left alone since an equal one was there.
import type { Manifest } from '@p2p-copy/core';

const SAVED = 1;
const LEFT_ALONE = 2;

export class Arrivals {
  readonly #manifest: Manifest;
  /** By index of the entry; 0 until it is done. */
  readonly #ends: Uint8Array;
  /** Only of files that don't have their own name. */
  readonly #otherNames = new Map<number, string>();

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
    this.#ends = new Uint8Array(manifest.entries.length);
  }

  /** A file stands under that path, and may be the entry's. */
  found(index: number, path: string): void {
    this.#name(index, path);
  }

  saved(index: number, path: string): void {
    this.#ends[index] = SAVED;
    this.#name(index, path);
  }

  /** Verified, under its name. */
  done(index: number): void {
    if (this.#ends[index] === 0 && this.#manifest.entries[index]?.kind === 'file')
      this.#ends[index] = LEFT_ALONE;
  }

  get alreadyThere(): number {
    return this.#ends.reduce((count, end) => (end === LEFT_ALONE ? count + 1 : count), 0);
  }

  get renamed(): { path: string; savedAs: string }[] {
    return [...this.#otherNames]
      .filter(([index]) => this.#ends[index] !== 0)
      .map(([index, savedAs]) => ({ path: this.#manifest.entries[index]!.path, savedAs }));
  }

  #name(index: number, path: string): void {
    if (path === this.#manifest.entries[index]!.path) this.#otherNames.delete(index);
    else this.#otherNames.set(index, path);
  }
}
