// For each entry the index of the folder entry nearest above it, as the worker tells the page.
import { type ManifestEntry, nearestFolders, Pace } from '@p2p-copy/core';

export function foldersOf(entries: readonly ManifestEntry[]): Promise<Int32Array> {
  return nearestFolders(entries, new Pace({ nowMs: () => 0, after: () => () => {} }));
}
