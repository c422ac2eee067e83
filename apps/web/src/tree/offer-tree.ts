// An offer as a tree of folders. Its entries stand in one natural order, so that a folder at any depth is a range of it: nothing is
// built for folders that nobody has opened, and any of a hundred thousand costs two differences of running sums.
import { couldRun, type ManifestEntry } from '@p2p-copy/core';
import { type Sliced, sorted } from './in-slices.ts';
import { comparePaths } from './natural-order.ts';

/** Entries between two looks at the clock. */
const STEPS = 256;

/** A row of the tree: one entry, or a folder with all below it. Positions are in the tree's order. */
export interface TreeRow {
  /** Of a folder that holds a single folder, with that one's: "a/b/c" is one row. */
  path: string;
  /** What of the path stands above it, with its slash. */
  above: number;
  /** From 0. */
  level: number;
  start: number;
  end: number;
  isFolder: boolean;
}

/** Positions of the entries in natural order. */
export function orderOf(entries: readonly ManifestEntry[]): Sliced<Int32Array<ArrayBuffer>> {
  const all = Int32Array.from(entries.keys());
  return sorted(all, (a, b) => comparePaths(entries[a]!.path, entries[b]!.path));
}

/** A running sum over positions: `sum[end] - sum[start]` is that of a range. */
export function runningSum(length: number, valueAt: (position: number) => number): Float64Array {
  const sum = new Float64Array(length + 1);
  for (let at = 0; at < length; at += 1) sum[at + 1] = sum[at]! + valueAt(at);
  return sum;
}

/** How many files could run a program. */
export function* programsIn(entries: readonly ManifestEntry[]): Sliced<number> {
  let count = 0;
  for (const [at, entry] of entries.entries()) {
    if (entry.kind === 'file' && couldRun(entry)) count += 1;
    if (at % STEPS === 0) yield;
  }
  return count;
}

export class OfferTree {
  /** In the tree's order. */
  readonly entries: readonly ManifestEntry[];
  /** Of sizes, those that aren't known as nothing. */
  readonly bytes: Float64Array;

  /** @param order as `orderOf` makes it */
  constructor(entries: readonly ManifestEntry[], order: Int32Array) {
    this.entries = Array.from(order, (index) => entries[index]!);
    this.bytes = runningSum(order.length, (at) => this.entries[at]!.sizeBytes ?? 0);
  }

  /** What shows while the folders of these paths are open, from the top: of a folder that holds everything, its content. */
  rows(isOpen: (folder: string) => boolean): TreeRow[] {
    const rows: TreeRow[] = [];
    this.#addRows(rows, isOpen, { start: 0, end: this.entries.length, above: this.#aboveAll(), level: 0 });
    return rows;
  }

  /** Length of the top folder that holds everything, with its slash; 0 where there is none. */
  #aboveAll(): number {
    const [first, last] = [this.entries[0]?.path ?? '', this.entries.at(-1)?.path ?? ''];
    const length = first.indexOf('/') + 1;
    return last.startsWith(first.slice(0, length)) ? length : 0;
  }

  /** One row for each of these positions. */
  flatRows(positions: Int32Array): TreeRow[] {
    return Array.from(positions, (at) => this.#entryRow(at, 0, 0));
  }

  /** Positions of the entries whose path contains the text, whatever its case. */
  *find(text: string): Sliced<Int32Array<ArrayBuffer>> {
    const wanted = foldedCase(text);
    const found: number[] = [];
    for (const [at, { path }] of this.entries.entries()) {
      if (foldedCase(path).includes(wanted)) found.push(at);
      if (at % STEPS === 0) yield;
    }
    return Int32Array.from(found);
  }

  /** Those positions by size, the largest first, equal ones as they stand. */
  bySize(positions: Int32Array<ArrayBuffer>): Sliced<Int32Array<ArrayBuffer>> {
    const sizeAt = (at: number) => this.entries[at]!.sizeBytes ?? Number.POSITIVE_INFINITY;
    return sorted(positions, (a, b) => (sizeAt(a) === sizeAt(b) ? 0 : sizeAt(b) - sizeAt(a)));
  }

  #addRows(
    rows: TreeRow[],
    isOpen: (folder: string) => boolean,
    { start, end, above, level }: Pick<TreeRow, 'start' | 'end' | 'above' | 'level'>,
  ): void {
    for (let at = start; at < end; ) {
      const { path } = this.entries[at]!;
      const slash = path.indexOf('/', above);
      if (slash === -1) {
        rows.push(this.#entryRow(at, above, level));
        at += 1;
        continue;
      }
      const folderEnd = this.#endOf(path.slice(0, slash + 1), at, end);
      const length = lengthInCommon(path, this.entries[folderEnd - 1]!.path);
      const folder = path.slice(0, length);
      rows.push({ path: folder, above, level, start: at, end: folderEnd, isFolder: true });
      if (isOpen(folder)) {
        this.#addRows(rows, isOpen, { start: at, end: folderEnd, above: length + 1, level: level + 1 });
      }
      at = folderEnd;
    }
  }

  #entryRow(at: number, above: number, level: number): TreeRow {
    return { path: this.entries[at]!.path, above, level, start: at, end: at + 1, isFolder: false };
  }

  /** The first position from `start` whose path doesn't begin so: all that do are neighbours. */
  #endOf(beginning: string, start: number, end: number): number {
    let [inside, outside] = [start, end];
    while (outside - inside > 1) {
      const middle = (inside + outside) >> 1;
      if (this.entries[middle]!.path.startsWith(beginning)) inside = middle;
      else outside = middle;
    }
    return outside;
  }
}

/** Of the deepest folder that holds both, without its slash. What stands between two neighbours of an order is in it too. */
function lengthInCommon(a: string, b: string): number {
  let at = 0;
  let slash = 0;
  // Of one entry, its own folder.
  const length = a === b ? a.lastIndexOf('/') + 1 : Math.min(a.length, b.length);
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) {
    if (a.charCodeAt(at) === 0x2f) slash = at;
    at += 1;
  }
  return slash;
}

function foldedCase(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
