import type { ManifestEntry } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import { listedEntries } from '../../src/page/listed-entries.ts';

function entry(kind: 'file' | 'folder', path: string): ManifestEntry {
  return { index: 0, kind, path, sizeBytes: 0, modifiedMs: null, executable: false };
}

test('folders that hold something are left out, empty ones stay', () => {
  const entries = [
    entry('folder', 'a'),
    entry('folder', 'a/b'),
    entry('file', 'a/b/c'),
    entry('folder', 'a/empty'),
    entry('folder', 'ab'),
    entry('file', 'top'),
  ];
  expect(listedEntries(entries).map(({ path }) => path)).toEqual(['a/b/c', 'a/empty', 'ab', 'top']);
});
