// How the list that a person is shown differs from the first that they were shown: a sender may change its offer until it is
// accepted, and a list that stands for a moment only must not pass as seen.

import type { Pace } from '../async/pace.ts';
import type { ManifestEntry } from '../ports/entry.ts';

/** Indices in the later list, ascending. */
export interface OfferChanges {
  /** Entries of which the first list had none of that path and kind. */
  added: number[];
  /** Entries of another size, newly or no longer executable, or leading to another target. */
  changed: number[];
}

/** Compares every further list with the first one. */
export class FirstOffer {
  #entries: readonly ManifestEntry[] | null = null;
  #byPath: Map<string, ManifestEntry> | null = null;

  /**
   * Null for the first list; it is kept.
   * @param pace counts entries of both
   */
  async changesOf(entries: readonly ManifestEntry[], pace: Pace): Promise<OfferChanges | null> {
    if (this.#entries === null) {
      this.#entries = entries;
      return null;
    }
    const first = this.#byPath ?? (await byPath(this.#entries, pace));
    this.#byPath = first;
    const changes: OfferChanges = { added: [], changed: [] };
    for (const { index, path, kind, sizeBytes, executable, target } of entries) {
      const turn = pace.step();
      if (turn !== null) await turn;
      const before = first.get(path);
      if (before === undefined || before.kind !== kind) changes.added.push(index);
      else if (before.sizeBytes !== sizeBytes || before.executable !== executable || before.target !== target)
        changes.changed.push(index);
    }
    return changes;
  }
}

async function byPath(entries: readonly ManifestEntry[], pace: Pace): Promise<Map<string, ManifestEntry>> {
  const found = new Map<string, ManifestEntry>();
  for (const entry of entries) {
    const turn = pace.step();
    if (turn !== null) await turn;
    found.set(entry.path, entry);
  }
  return found;
}
