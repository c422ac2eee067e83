// The entries of an offer that a person needs to see: folders show in the paths of what they hold.

import type { ManifestEntry } from '@p2p-copy/core';

/**
 * Leaves out folders that hold something.
 * @param folders for each entry the index of the folder entry nearest above it, or −1
 */
export function listedEntries(entries: readonly ManifestEntry[], folders: Int32Array): ManifestEntry[] {
  const isFilled = new Uint8Array(entries.length);
  for (const folder of folders) if (folder >= 0) isFilled[folder] = 1;
  return entries.filter(({ kind, index }) => kind !== 'folder' || isFilled[index] === 0);
}
