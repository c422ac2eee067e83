// Containment for a whole offer, entry by entry as it comes: each path alone, and all of them together.
// docs/PROTOCOL.md section 10.

import type { Pace } from '../async/pace.ts';
import { TransferError } from '../foundation/errors.ts';
import type { NameRules } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { checkPath, checkTarget, targetRefused } from './check-path.ts';
import { PlaceTree } from './place-tree.ts';

/** What is wrong with an offer, and with which of its entries. */
export interface ManifestFault {
  error: TransferError;
  index: number;
}

/** The first fault of a whole offer that came at once. */
export function manifestFault(entries: readonly ManifestEntry[], rules: NameRules): ManifestFault | null {
  return new ManifestCheck(rules).faultOf(entries);
}

/** Beyond `checkPath`, no two entries may mean the same place, and none may lie below a file. */
export class ManifestCheck {
  readonly #rules: NameRules;
  readonly #places: PlaceTree;
  readonly #links: ManifestEntry[] = [];

  /** @param rules of the disk that the entries are for */
  constructor(rules: NameRules) {
    this.#rules = rules;
    this.#places = new PlaceTree(rules.foldsCase);
  }

  /** The first fault of these entries' paths, beside all that came before; null when all may be written. */
  faultOf(entries: readonly ManifestEntry[]): ManifestFault | null {
    for (const entry of entries) {
      try {
        checkPath(entry.path, this.#rules);
        if (entry.target !== undefined) {
          checkTarget(entry.path, entry.target);
          this.#links.push(entry);
        }
        this.#places.add(entry);
      } catch (error) {
        if (error instanceof TransferError) return { error, index: entry.index };
        throw error;
      }
    }
    return null;
  }

  /** The first link whose target no link may have, now that all entries are known; null when all may be made. */
  async linkFault(pace: Pace): Promise<ManifestFault | null> {
    for (const { path, target, index } of this.#links) {
      const turn = pace.step();
      if (turn !== null) await turn;
      const fault = this.#places.targetFault(target!);
      if (fault !== null) return { error: targetRefused(path, target!, fault), index };
    }
    return null;
  }
}
