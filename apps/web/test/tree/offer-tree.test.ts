import type { ManifestEntry } from '@p2p-copy/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { atOnce, inSlices, sorted } from '../../src/tree/in-slices.ts';
import { comparePaths } from '../../src/tree/natural-order.ts';
import { OfferTree, orderOf, runningSum } from '../../src/tree/offer-tree.ts';

const entriesOf = (paths: readonly string[]): ManifestEntry[] =>
  paths.map((path, index) => ({
    index,
    kind: 'file',
    path,
    sizeBytes: index,
    modifiedMs: null,
    executable: false,
  }));

function treeOf(...paths: string[]): OfferTree {
  const entries = entriesOf(paths);
  return new OfferTree(entries, atOnce(orderOf(entries)));
}

const shown = (tree: OfferTree, isOpen: (folder: string) => boolean) =>
  tree
    .rows(isOpen)
    .map(({ path, above, level, start, end, isFolder }) =>
      isFolder
        ? `${'  '.repeat(level)}${path.slice(above)}/ (${end - start})`
        : `${'  '.repeat(level)}${path.slice(above)}`,
    );

it('puts folders first, and numbers in their order', () => {
  const paths = ['file 10', 'file 9', 'b/x', 'A/y 2', 'A/y 10', 'A/deep/z', 'file 1'];
  expect(paths.sort(comparePaths)).toEqual([
    'A/deep/z',
    'A/y 2',
    'A/y 10',
    'b/x',
    'file 1',
    'file 9',
    'file 10',
  ]);
});

it('shows folders with all below them, one row for folders that hold one folder alone', () => {
  const tree = treeOf(
    'Trip/day 10/a',
    'Trip/day 2/a',
    'Trip/day 2/b',
    'Trip/map',
    'x/y/z/only',
    'notes',
    '1/f',
    '01/g',
  );
  expect(shown(tree, () => false)).toEqual(['01/ (1)', '1/ (1)', 'Trip/ (4)', 'x/y/z/ (1)', 'notes']);
  expect(shown(tree, (folder) => folder === 'Trip' || folder === 'x/y/z')).toEqual([
    '01/ (1)',
    '1/ (1)',
    'Trip/ (4)',
    '  day 2/ (2)',
    '  day 10/ (1)',
    '  map',
    'x/y/z/ (1)',
    '  only',
    'notes',
  ]);
});

it('shows the content of a folder that holds everything: its name is the offer’s', () => {
  expect(shown(treeOf('Trip/a/b', 'Trip/c'), () => false)).toEqual(['a/ (1)', 'c']);
  expect(shown(treeOf('Trip/a/b', 'Trip/a/c'), () => true)).toEqual(['a/ (2)', '  b', '  c']);
  expect(shown(treeOf('Trip', 'Trips/b'), () => false)).toEqual(['Trips/ (1)', 'Trip']);
  expect(treeOf().rows(() => true)).toEqual([]);
});

const path = fc
  .array(
    fc.constantFrom(
      'a',
      'A',
      'b',
      '1',
      '01',
      '10',
      '2',
      'ä',
      '\u0061\u0308',
      'é',
      ' ',
      'a b',
      '-',
      'x\u202e',
    ),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((segments) => segments.join('/'));
/** As a manifest: no path twice, none that is a folder of another. */
const paths = fc
  .uniqueArray(path, { maxLength: 60 })
  .map((all) => all.filter((each) => !all.some((other) => other.startsWith(`${each}/`))));

it('every folder’s entries are neighbours, so each shows once, under its own folder', () => {
  fc.assert(
    fc.property(paths, (all) => {
      const tree = treeOf(...all);
      const rows = tree.rows(() => true);
      const files = rows.filter(({ isFolder }) => !isFolder).map((row) => row.path);
      expect([...files].sort()).toEqual([...all].sort());
      const folders = rows.filter(({ isFolder }) => isFolder);
      expect(new Set(folders.map((row) => row.path)).size).toBe(folders.length);
      for (const { path: folder, start, end } of folders) {
        const within = tree.entries.slice(start, end).map((entry) => entry.path);
        expect(within.sort()).toEqual(all.filter((each) => each.startsWith(`${folder}/`)).sort());
      }
      expect(rows.length).toBeLessThanOrEqual(3 * all.length);
    }),
  );
});

it('is one order, whatever the offer’s', () => {
  fc.assert(
    fc.property(paths, paths, (one, other) => {
      const all = [...new Set([...one, ...other])];
      expect([...all].sort(comparePaths)).toEqual([...all].reverse().sort(comparePaths));
    }),
  );
});

it('finds by any part of a path, whatever its case and Unicode form, and sorts by size', () => {
  const tree = treeOf('Trip/Märkte.jpg', 'Trip/b', 'c');
  const found = atOnce(tree.find('MA\u0308RKTE'));
  expect(tree.flatRows(found).map((row) => row.path)).toEqual(['Trip/Märkte.jpg']);
  const bySize = atOnce(tree.bySize(atOnce(tree.find(''))));
  expect(tree.flatRows(bySize).map((row) => row.path)).toEqual(['c', 'Trip/b', 'Trip/Märkte.jpg']);
});

it('sums any range at once', () => {
  const sum = runningSum(4, (at) => at + 1);
  expect([sum[4]! - sum[0]!, sum[3]! - sum[1]!]).toEqual([10, 5]);
});

it('sorts as the platform does, stable', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 200 }), (keys) => {
      const expected = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!);
      const ours = atOnce(sorted(Int32Array.from(keys.keys()), (a, b) => keys[a]! - keys[b]!));
      expect([...ours]).toEqual(expected);
    }),
  );
});

it('a list of 100,000 is sorted in slices of a few ms, each of which can be the last', async () => {
  const count = 100_000;
  const keys = Int32Array.from({ length: count }, (_, i) => (i * 7919) % count);
  let [clockMs, steps, pauses, longestMs, sliceMs] = [0, 0, 0, 0, 0];
  const abort = new AbortController();
  const options = {
    // A comparison takes 5 µs on this clock.
    now: () => clockMs,
    pause: async () => {
      pauses += 1;
      longestMs = Math.max(longestMs, clockMs - sliceMs);
      sliceMs = clockMs;
    },
  };
  const compare = (a: number, b: number) => {
    steps += 1;
    clockMs += 0.005;
    return keys[a]! - keys[b]!;
  };
  const order = await inSlices(sorted(Int32Array.from(keys.keys()), compare), abort.signal, options);
  expect(order!.every((at, i) => keys[at] === i)).toBe(true);
  expect(steps).toBeLessThan(count * 18);
  expect(pauses).toBeGreaterThan(500);
  expect(longestMs).toBeLessThan(12);
  abort.abort();
  expect(await inSlices(sorted(Int32Array.from(keys.keys()), compare), abort.signal, options)).toBeNull();
});
