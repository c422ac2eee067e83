// Where the files of an accepted offer ended up: saved, under which name, or left alone since an equal one was there.
import type { Manifest, PlacedPaths } from '@p2p-copy/core';
import type { DiskRefusals } from '../node/parts/disk-refusals.ts';
import { createFolderSink, type FolderSinkOptions } from '../node/sinks/folder-sink.ts';
import { placedLinks, withLinks } from '../node/sinks/make-links.ts';
import { type OverwritePlan, placedFolders, replacingFolders } from '../node/sinks/plan-overwrites.ts';
import type { PartsSink } from '../node/sinks/remove-parts.ts';

export interface OtherName {
  path: string;
  savedAs: string;
}

const SAVED = 1;
const LEFT_ALONE = 2;

export class Arrivals {
  readonly #manifest: Manifest;
  readonly #placed: PlacedPaths;
  /** By index of the entry; 0 until it is done. */
  readonly #ends: Uint8Array;
  /** Only of files that don't have their own name. */
  readonly #otherNames = new Map<number, string>();

  constructor(manifest: Manifest, placed: PlacedPaths) {
    this.#manifest = manifest;
    this.#placed = placed;
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

  /** Files that have another name, since theirs was taken. */
  get renamed(): OtherName[] {
    return this.#done([...this.#otherNames].filter(([index]) => !this.#placed.held.has(index)));
  }

  /** Names that the disk can't hold, and folders whose name was a file's, with those that stand for them. */
  get mapped(): OtherName[] {
    const folders = [...this.#placed.folders].map(([path, savedAs]) => ({ path, savedAs }));
    const held = [...this.#placed.held.keys()].map((index): [number, string] => {
      const entry = this.#manifest.entries[index]!;
      return [index, this.#otherNames.get(index) ?? this.#placed.pathOf(entry)];
    });
    return [...folders, ...this.#done(held)];
  }

  #done(names: readonly [index: number, savedAs: string][]): OtherName[] {
    return names
      .filter(([index]) => this.#ends[index] !== 0)
      .map(([index, savedAs]) => ({ path: this.#manifest.entries[index]!.path, savedAs }));
  }

  #name(index: number, path: string): void {
    const { path: offered } = this.#manifest.entries[index]!;
    const slash = offered.lastIndexOf('/');
    // Under its own name, whatever its folder is called.
    const own = slash < 0 ? offered : this.#placed.folderAt(offered.slice(0, slash)) + offered.slice(slash);
    if (path === own) this.#otherNames.delete(index);
    else this.#otherNames.set(index, path);
  }
}

interface SavingOptions
  extends Pick<FolderSinkOptions, 'root' | 'slot' | 'replaced' | 'compares' | 'readsBack'> {
  refusals: DiskRefusals;
}

/** Saves what is wanted as it was decided, links last, and notes where. */
export function savingSink(
  manifest: Manifest,
  plan: OverwritePlan,
  arrivals: Arrivals,
  options: SavingOptions,
): PartsSink {
  const onSaved = (index: number, path: string) => arrivals.saved(index, path);
  const files = createFolderSink({
    ...options,
    ...plan,
    folders: placedFolders(manifest, plan),
    replacingFolders: replacingFolders(manifest, plan),
    onSaved,
    onFound: (index, path) => arrivals.found(index, path),
  });
  const { root, refusals } = options;
  const links = placedLinks(manifest, plan);
  return withLinks(files, { root, links, finalPaths: plan.finalPaths, refusals, onSaved });
}
