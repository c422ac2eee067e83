// What a person ticked and unticked of an offer, for the next one that the sender makes of the same transfer.
import type { OfferSelection } from './offer-selection.svelte.ts';

/** Paths that are remembered as unticked. Beyond that only what was ticked last begins ticked. */
const MOST_REMEMBERED = 1_000_000;
/** Folders looked at above new entries of one list. Beyond that a new entry begins unticked. */
const MOST_STEPS = 2_000_000;

type Listed = { index: number; path: string };

export class KeptChoice {
  /** Unticked when last seen, in any list. */
  readonly #left = new Set<string>();
  /** Where most was unticked: what begins ticked. */
  #kept: Set<string> | null = null;

  /** The list that a selection is of isn't offered any more. */
  note(selection: OfferSelection): void {
    const { entries } = selection;
    const wanted = new Set<string>();
    for (const { index, path } of entries) {
      if (selection.has(index)) {
        wanted.add(path);
        this.#left.delete(path);
      } else if (this.#left.size < MOST_REMEMBERED) this.#left.add(path);
    }
    const isMostLeft = 2 * wanted.size < entries.length;
    this.#kept = isMostLeft || this.#left.size >= MOST_REMEMBERED ? wanted : null;
  }

  /** Indices of another list that begin unticked. */
  leftOf(listed: readonly Listed[]): Set<number> {
    const left = new Set<number>();
    if (this.#kept === null && this.#left.size === 0) return left;
    let steps = 0;
    /** A name that was unticked may come back as a folder. */
    const isBelowLeft = (path: string) => {
      for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        steps += 1;
        if (steps > MOST_STEPS || this.#left.has(path.slice(0, slash))) return true;
      }
      return false;
    };
    for (const { index, path } of listed) {
      const begins = this.#kept === null ? !this.#left.has(path) && !isBelowLeft(path) : this.#kept.has(path);
      if (!begins) left.add(index);
    }
    return left;
  }
}
