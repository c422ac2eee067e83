// Which folder entry of an offer an entry lies in, for a list that shows files and hides the folders around them.

import type { Pace } from '../async/pace.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { PlaceTree } from './place-tree.ts';

/**
 * For each entry of a checked offer the index of the folder entry nearest above it; −1 where none is. `pace` counts entries.
 */
export async function nearestFolders(entries: readonly ManifestEntry[], pace: Pace): Promise<Int32Array> {
  const places = new PlaceTree(false);
  for (const entry of entries) {
    places.add(entry);
    await pace.step();
  }
  const nearest = new Int32Array(entries.length);
  for (const _ of places.nearestFolders(nearest)) await pace.step();
  return nearest;
}
