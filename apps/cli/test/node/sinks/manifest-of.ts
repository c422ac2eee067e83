// Manifests for tests of sinks and plans.
import type { Manifest, ManifestEntry } from '@p2p-copy/core';

export function entryOf(path: string, given: Partial<ManifestEntry> = {}): ManifestEntry {
  return { index: 0, kind: 'file', path, sizeBytes: 0, modifiedMs: null, executable: false, ...given };
}

/** A path that ends with `/` is a folder. */
export function manifestOf(paths: string[]): Manifest {
  const entries = paths.map((path, index) =>
    entryOf(path.replace(/\/$/, ''), { index, kind: path.endsWith('/') ? 'folder' : 'file' }),
  );
  return { entries, files: entries.filter(({ kind }) => kind !== 'folder').length, bytes: 0, unsized: false };
}
