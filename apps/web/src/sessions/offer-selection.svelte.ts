// Which entries of an offer a person wants: all, until they say otherwise, and what they said of an earlier list.
import type { ManifestEntry } from '@p2p-copy/core';
import { OfferSummary } from '../format/offer-summary.ts';

export class OfferSelection {
  readonly entries: readonly ManifestEntry[];
  /** Indices of what isn't wanted. */
  #left = $state.raw<ReadonlySet<number>>(new Set());

  /**
   * @param entries those that a person sees: folders show in the paths of what they hold
   * @param left indices of those that begin unticked
   */
  constructor(entries: readonly ManifestEntry[], left: ReadonlySet<number> = new Set()) {
    this.entries = entries;
    this.#left = left;
  }

  /** Of what is wanted. */
  get wanted(): OfferSummary {
    const summary = new OfferSummary();
    for (const { index, kind, path, sizeBytes } of this.entries) {
      if (!this.#left.has(index)) summary.add(kind, path, sizeBytes);
    }
    return summary;
  }

  get isAll(): boolean {
    return this.#left.size === 0;
  }

  get isNone(): boolean {
    return this.#left.size === this.entries.length;
  }

  has(index: number): boolean {
    return !this.#left.has(index);
  }

  toggle(index: number): void {
    const left = new Set(this.#left);
    if (!left.delete(index)) left.add(index);
    this.#left = left;
  }

  takeAll(): void {
    this.#left = new Set();
  }

  takeNone(): void {
    this.#left = new Set(this.entries.map(({ index }) => index));
  }

  /**
   * Indices of `all` to leave out, ascending: with a folder's last file goes the folder.
   * @param folders as in `listedEntries`
   */
  skipOf(all: readonly ManifestEntry[], folders: Int32Array): number[] {
    if (this.isAll) return [];
    const isFilled = new Uint8Array(all.length);
    const isShown = new Uint8Array(all.length);
    for (const { index } of this.entries) {
      isShown[index] = 1;
      if (this.#left.has(index)) continue;
      for (let folder = folders[index]!; folder >= 0 && isFilled[folder] === 0; folder = folders[folder]!) {
        isFilled[folder] = 1;
      }
    }
    return all
      .filter(({ index }) => (isShown[index] === 1 ? this.#left.has(index) : isFilled[index] === 0))
      .map(({ index }) => index);
  }
}
