// Where the entries of an offer stand on this disk, if not under the paths that were offered: another name of a folder moves all that is in it.
import type { ManifestEntry } from '../ports/entry.ts';

/** Paths on the disk by those that were offered. Holds only what has another name, so few offers need any. */
export class PlacedPaths {
  /** Folders with another name of their own: disk path by offered path. */
  readonly folders: Map<string, string>;
  /** Files with another name of their own: disk path by index. */
  readonly files: Map<number, string>;
  /** Files whose offered name the disk can't hold: where they stand by index, unless that is taken too. */
  readonly held = new Map<number, string>();
  #last = { offered: '', placed: '' };

  constructor(folders: Iterable<[string, string]> = [], files: Iterable<[number, string]> = []) {
    this.folders = new Map(folders);
    this.files = new Map(files);
  }

  /** Where a folder stands, `''` for the receiving folder itself. */
  folderAt(path: string): string {
    if (this.folders.size === 0 || path === '') return path;
    if (this.#last.offered === path) return this.#last.placed;
    let placed = path;
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = this.folders.get(path.slice(0, end));
      if (above === undefined) continue;
      placed = above + path.slice(end);
      break;
    }
    this.#last = { offered: path, placed };
    return placed;
  }

  /** Where an entry stands. */
  pathOf({ index, kind, path }: Pick<ManifestEntry, 'index' | 'kind' | 'path'>): string {
    if (kind === 'folder') return this.folderAt(path);
    const own = this.files.get(index);
    if (own !== undefined) return own;
    const slash = path.lastIndexOf('/');
    return slash < 0 ? path : this.folderAt(path.slice(0, slash)) + path.slice(slash);
  }

  /** Notes that a folder has another name, and forgets where others stand. */
  placeFolder(path: string, placed: string): void {
    this.folders.set(path, placed);
    this.#last = { offered: '', placed: '' };
  }
}
