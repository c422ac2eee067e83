// Which entries of an offer a person wants: all, until they say otherwise.
import type { ManifestEntry } from '@p2p-copy/core';
import { OfferSummary } from '../format/offer-summary.ts';

export class OfferSelection {
  readonly #entries: readonly ManifestEntry[];
  /** Indices of what isn't wanted. */
  #left = $state.raw<ReadonlySet<number>>(new Set());

  /** @param entries those that a person sees: folders show in the paths of what they hold */
  constructor(entries: readonly ManifestEntry[]) {
    this.#entries = entries;
  }

  /** Of what is wanted. */
  get wanted(): OfferSummary {
    const summary = new OfferSummary();
    for (const { index, kind, path, sizeBytes } of this.#entries) {
      if (!this.#left.has(index)) summary.add(kind, path, sizeBytes);
    }
    return summary;
  }

  get isAll(): boolean {
    return this.#left.size === 0;
  }

  get isNone(): boolean {
    return this.#left.size === this.#entries.length;
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
    this.#left = new Set(this.#entries.map(({ index }) => index));
  }

  /** Indices of `all` to leave out, ascending: with a folder's last file goes the folder. */
  skipOf(all: readonly ManifestEntry[]): number[] {
    if (this.isAll) return [];
    const filled = new Set<string>();
    for (const { index, path } of this.#entries) {
      if (this.#left.has(index)) continue;
      for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        filled.add(path.slice(0, slash));
      }
    }
    const shown = new Set(this.#entries.map(({ index }) => index));
    return all
      .filter(({ index, path }) => (shown.has(index) ? this.#left.has(index) : !filled.has(path)))
      .map(({ index }) => index);
  }
}
