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
  /** By index, 1 for what isn't wanted. Of a hundred thousand entries a set would take a noticeable time to change. */
  readonly #left: Uint8Array;
  #leftCount = 0;
  /** Of what is read below: another one after each change. */
  #version = $state(0);

  /**
   * @param entries those that a person sees: folders show in the paths of what they hold
   * @param left indices of those that begin unticked
   */
  constructor(entries: readonly ManifestEntry[], left: ReadonlySet<number> = new Set()) {
    this.entries = entries;
    this.#left = new Uint8Array(entries.reduce((most, { index }) => Math.max(most, index), -1) + 1);
    this.#set(left, false);
  }

  /** Of what is wanted. */
  get wanted(): OfferSummary {
    const summary = new OfferSummary();
    const isWanted = this.asked();
    for (const { index, kind, path, sizeBytes } of this.entries) {
      if (isWanted(index)) summary.add(kind, path, sizeBytes);
    }
    return summary;
  }

  /** `has`, for many of one moment: each call of `has` itself is noted by what is computed from it. */
  asked(): (index: number) => boolean {
    const left = this.#version >= 0 ? this.#left : new Uint8Array();
    return (index) => left[index] !== 1;
  }

  get isAll(): boolean {
    return this.#version >= 0 && this.#leftCount === 0;
  }

  get isNone(): boolean {
    return this.#version >= 0 && this.#leftCount === this.entries.length;
  }

  has(index: number): boolean {
    return this.#version >= 0 && this.#left[index] !== 1;
  }

  toggle(index: number): void {
    this.setAll([index], !this.has(index));
  }

  /** Ticks or unticks all of some entries. */
  setAll(indices: Iterable<number>, isWanted: boolean): void {
    this.#set(indices, isWanted);
    this.#version += 1;
  }

  takeAll(): void {
    this.#left.fill(0);
    this.#leftCount = 0;
    this.#version += 1;
  }

  takeNone(): void {
    for (const { index } of this.entries) this.#left[index] = 1;
    this.#leftCount = this.entries.length;
    this.#version += 1;
  }

  #set(indices: Iterable<number>, isWanted: boolean): void {
    const value = isWanted ? 0 : 1;
    for (const index of indices) {
      if (this.#left[index] === value) continue;
      this.#left[index] = value;
      this.#leftCount += isWanted ? -1 : 1;
    }
  }

  /**
   * Indices of `all` to leave out, ascending: with a folder's last file goes the folder.
   * @param folders as in `listedEntries`
   * @param also indices that are taken besides, with their folders; none of them is listed
   */
  skipOf(all: readonly ManifestEntry[], folders: Int32Array, also: readonly number[] = []): number[] {
    if (this.isAll) return [];
    const isWanted = this.asked();
    const isFilled = new Uint8Array(all.length);
    const isShown = new Uint8Array(all.length);
    const fillAbove = (index: number) => {
      for (let folder = folders[index]!; folder >= 0 && isFilled[folder] === 0; folder = folders[folder]!) {
        isFilled[folder] = 1;
      }
    };
    for (const { index } of this.entries) {
      isShown[index] = 1;
      if (isWanted(index)) fillAbove(index);
    }
    for (const index of also) {
      fillAbove(index);
      isFilled[index] = 1;
    }
    return all
      .filter(({ index }) => (isShown[index] === 1 ? !isWanted(index) : isFilled[index] === 0))
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
