// The entries of an offer that a person needs to see: folders show in the paths of what they hold.
import type { ManifestEntry } from '@p2p-copy/core';

/** Leaves out folders that hold something. */
export function listedEntries(entries: readonly ManifestEntry[]): ManifestEntry[] {
  const filled = new Set<string>();
  for (const { path } of entries) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (filled.has(folder)) break;
      filled.add(folder);
    }
  }
  return entries.filter(({ kind, path }) => kind !== 'folder' || !filled.has(path));
}
