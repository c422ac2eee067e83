import './plain-runes.ts';
import type { ManifestEntry } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import { listedEntries } from '../../src/sessions/listed-entries.ts';
import { OfferSelection } from '../../src/sessions/offer-selection.svelte.ts';
import { foldersOf } from './folders-of.ts';

const PATHS = ['Trip/', 'Trip/a', 'Trip/deep/', 'Trip/deep/b', 'Trip/empty/', 'c'];
const ENTRIES = PATHS.map((path, index): ManifestEntry => {
  const kind = path.endsWith('/') ? 'folder' : 'file';
  return { index, kind, path: path.replace(/\/$/, ''), sizeBytes: 1, modifiedMs: null, executable: false };
});
const FOLDERS = await foldersOf(ENTRIES);

function leftOut(...toggled: string[]): string[] {
  const selection = new OfferSelection(listedEntries(ENTRIES, FOLDERS));
  for (const path of toggled) selection.toggle(PATHS.indexOf(path));
  return selection.skipOf(ENTRIES, FOLDERS).map((index) => PATHS[index]!);
}

test('with a folder’s last file goes the folder', () => {
  expect(leftOut()).toEqual([]);
  expect(leftOut('c')).toEqual(['c']);
  expect(leftOut('Trip/deep/b')).toEqual(['Trip/deep/', 'Trip/deep/b']);
  expect(leftOut('Trip/a', 'Trip/deep/b')).toEqual(['Trip/a', 'Trip/deep/', 'Trip/deep/b']);
  expect(leftOut('Trip/a', 'Trip/deep/b', 'Trip/empty/')).toEqual(PATHS.slice(0, 5));
  expect(leftOut('c', 'c')).toEqual([]);
});

test('with what is taken besides go its folders, whatever else is left', () => {
  const paths = ['.ssh/', '.ssh/config', '.ssh/empty/', 'a', 'b'];
  const entries = paths.map((path, index) => ({
    ...{ index, path, kind: path.endsWith('/') ? ('folder' as const) : ('file' as const) },
    ...{ sizeBytes: 1, modifiedMs: null, executable: false },
  }));
  const folders = Int32Array.from([-1, 0, 0, -1, -1]);
  const selection = new OfferSelection(entries.slice(3));
  selection.toggle(3);
  const skipped = (also: number[]) => selection.skipOf(entries, folders, also).map((index) => paths[index]);
  expect(skipped([])).toEqual(['.ssh/', '.ssh/config', '.ssh/empty/', 'a']);
  expect(skipped([1])).toEqual(['.ssh/empty/', 'a']);
  expect(skipped([0, 1, 2])).toEqual(['a']);
});

test('none and all', () => {
  const selection = new OfferSelection(listedEntries(ENTRIES, FOLDERS));
  selection.takeNone();
  expect([selection.isNone, selection.isAll, selection.has(1)]).toEqual([true, false, false]);
  selection.toggle(1);
  expect([selection.isNone, selection.has(1)]).toEqual([false, true]);
  selection.takeAll();
  expect([selection.isAll, selection.skipOf(ENTRIES, FOLDERS)]).toEqual([true, []]);
});
