// Which entries of an offer a person wants: all, until they say otherwise, and what they said of an earlier list.
import type { ManifestEntry } from '@p2p-copy/core';
import { OfferSummary } from '../format/offer-summary.ts';

/** Paths that are remembered as unticked. Beyond that only what was ticked last begins ticked. */
const MOST_REMEMBERED = 1_000_000;
/** Folders looked at above new entries of one list. Beyond that a new entry begins unticked. */
const MOST_STEPS = 2_000_000;

type Listed = { index: number; path: string };

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

  /** Ticks or unticks all of some entries. */
  setAll(indices: Iterable<number>, isWanted: boolean): void {
    const left = new Set(this.#left);
    for (const index of indices) {
      if (isWanted) left.delete(index);
      else left.add(index);
    }
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

/** What a person ticked and unticked of an offer, for the next one that the sender makes of the same transfer. */
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
