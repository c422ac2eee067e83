// How a person looks at an offer: as a tree with open and closed folders, or as a list, of what they look for or by size. What is
// long to compute is done between the page's other tasks; the offer's own list shows until then.
import type { ManifestEntry } from '@p2p-copy/core';
import { atOnce, inSlices, type Sliced } from '../tree/in-slices.ts';
import { OfferTree, orderOf, type TreeRow } from '../tree/offer-tree.ts';

/** Sorted before the first look: a few milliseconds. */
const MOST_AT_ONCE = 500;
/** Up to here every folder begins open. */
const MOST_OPEN = 60;
/** Longer offers stay a list as it came: a tree of them takes more memory than a phone has to spare. */
const MOST_IN_TREE = 250_000;

export type SortBy = 'name' | 'size';

export class OfferView {
  readonly #isShort: boolean;
  /** Null while it is being sorted, and for longer offers. */
  tree = $state.raw<OfferTree | null>(null);
  sortBy = $state<SortBy>('name');
  query = $state('');
  /** Whether what is asked for is still being computed. */
  isBusy = $state(false);
  /** Positions in the tree; null for the tree itself. */
  #listed = $state.raw<Int32Array | null>(null);
  #turned = $state.raw<ReadonlySet<string>>(new Set());

  constructor(entries: readonly ManifestEntry[]) {
    this.#isShort = entries.length <= MOST_AT_ONCE;
    if (this.#isShort) this.tree = new OfferTree(entries, atOnce(orderOf(entries)));
  }

  /** Sorts a longer offer; returns what stops that. */
  prepare(entries: readonly ManifestEntry[]): () => void {
    if (this.tree !== null || entries.length > MOST_IN_TREE) return () => {};
    return this.#run(orderOf(entries), (order) => {
      this.tree = new OfferTree(entries, order);
    });
  }

  /** Computes what `query` and `sortBy` ask for; returns what stops that. */
  update(): () => void {
    const { tree, sortBy, query } = this;
    if (tree === null) return () => {};
    if (query.trim() === '' && sortBy === 'name') {
      this.#listed = null;
      this.isBusy = false;
      return () => {};
    }
    return this.#run(listedIn(tree, query.trim(), sortBy), (listed) => {
      this.#listed = listed;
    });
  }

  /** Those that show, by the top; null where the offer's own list does. */
  get rows(): TreeRow[] | null {
    if (this.tree === null) return null;
    return this.#listed === null
      ? this.tree.rows((folder) => this.isOpen(folder))
      : this.tree.flatRows(this.#listed);
  }

  get isTree(): boolean {
    return this.tree !== null && this.#listed === null;
  }

  /** Of what was looked for; null where nothing was. */
  get found(): number | null {
    return this.query.trim() === '' || this.isBusy ? null : (this.#listed?.length ?? null);
  }

  isOpen(folder: string): boolean {
    return this.#beginsOpen(folder) !== this.#turned.has(folder);
  }

  turn(folder: string): void {
    const turned = new Set(this.#turned);
    if (!turned.delete(folder)) turned.add(folder);
    this.#turned = turned;
  }

  /** All of a short offer; of a longer one the folder that holds everything. */
  #beginsOpen(folder: string): boolean {
    const { entries } = this.tree!;
    const isOuter = [entries[0]!, entries.at(-1)!].every(({ path }) => path.startsWith(`${folder}/`));
    return isOuter || entries.length <= MOST_OPEN;
  }

  #run<Made>(work: Sliced<Made>, take: (made: Made) => void): () => void {
    if (this.#isShort) {
      take(atOnce(work));
      return () => {};
    }
    const abort = new AbortController();
    this.isBusy = true;
    void inSlices(work, abort.signal).then((made) => {
      if (made === null) return;
      this.isBusy = false;
      take(made);
    });
    return () => abort.abort();
  }
}

function* listedIn(tree: OfferTree, query: string, sortBy: SortBy): Sliced<Int32Array> {
  const found = yield* tree.find(query);
  return sortBy === 'name' ? found : yield* tree.bySize(found);
}
