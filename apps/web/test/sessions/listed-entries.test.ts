import type { ManifestEntry } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import { listedEntries } from '../../src/sessions/listed-entries.ts';
import { foldersOf } from './folders-of.ts';

function entry(kind: 'file' | 'folder', path: string, index: number): ManifestEntry {
  return { index, kind, path, sizeBytes: 0, modifiedMs: null, executable: false };
}

test('folders that hold something are left out, empty ones stay', async () => {
  const entries = [
    entry('folder', 'a', 0),
    entry('folder', 'a/b', 1),
    entry('file', 'a/b/c', 2),
    entry('folder', 'a/empty', 3),
    entry('folder', 'ab', 4),
    entry('file', 'top', 5),
  ];
  expect(listedEntries(entries, await foldersOf(entries)).map(({ path }) => path)).toEqual([
    'a/b/c',
    'a/empty',
    'ab',
    'top',
  ]);
});
