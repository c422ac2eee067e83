// The files that a person accepted, and which of them are here.
import type { ManifestEntry } from '@p2p-copy/core';

export class ReceivedRows {
  readonly entries: readonly ManifestEntry[];
  readonly #done = new Set<number>();
  /** The set isn't copied for each batch: a hundred thousand files are many. */
  #changes = $state(0);

  constructor(entries: readonly ManifestEntry[], skip: readonly number[]) {
    const left = new Set(skip);
    this.entries = entries.filter(({ kind, index }) => kind === 'file' && !left.has(index));
  }

  note(indices: readonly number[]): void {
    for (const index of indices) this.#done.add(index);
    this.#changes += 1;
  }

  isDone(index: number): boolean {
    return this.#changes > 0 && this.#done.has(index);
  }
}
