// The places of an offer: the same verdicts as a slow check that keeps every prefix, at a bounded number of steps.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransferError } from '../../src/foundation/errors.ts';
import { PlaceTree } from '../../src/names/place-tree.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';

/** A folder's path ends with a slash. */
function entriesOf(paths: readonly string[]): ManifestEntry[] {
  return paths.map((path, index) => ({
    index,
    path: path.replace(/\/$/, ''),
    kind: path.endsWith('/') ? 'folder' : 'file',
    sizeBytes: 1,
    modifiedMs: null,
    executable: false,
  }));
}

/** How far a tree takes the paths, and why it ends. */
function verdictOf(paths: readonly string[], foldsCase: boolean): { taken: number; code: string | null } {
  const tree = new PlaceTree(foldsCase);
  let taken = 0;
  try {
    for (const entry of entriesOf(paths)) {
      tree.add(entry);
      taken += 1;
    }
  } catch (error) {
    return { taken, code: (error as TransferError).code };
  }
  return { taken, code: null };
}

/** The same by a map that holds every prefix of every path. */
function slowVerdictOf(paths: readonly string[], foldsCase: boolean): ReturnType<typeof verdictOf> {
  const places = new Map<string, { path: string; isFolder: boolean; isListed: boolean }>();
  const fault = (path: string, isFolder: boolean, isListed: boolean): string | null => {
    const key = foldsCase ? path.toUpperCase().toLowerCase() : path;
    const known = places.get(key);
    if (known === undefined) {
      places.set(key, { path, isFolder, isListed });
      return null;
    }
    if (known.path !== path) return 'name-impossible';
    if (known.isFolder !== isFolder || (known.isListed && isListed)) return 'path-refused';
    known.isListed ||= isListed;
    return null;
  };
  for (const { index, path, kind } of entriesOf(paths)) {
    const segments = path.split('/');
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const isLast = depth === segments.length;
      const code = fault(segments.slice(0, depth).join('/'), !isLast || kind === 'folder', isLast);
      if (code !== null) return { taken: index, code };
    }
  }
  return { taken: paths.length, code: null };
}

const segment = fc.constantFrom('a', 'b', 'A', 'ab', 'a b', 'ß', 'ss', 'ǰ', 'Σ', 'ς', 'σ', 'x'.repeat(20));
const path = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([segments, isFolder]) => segments.join('/') + (isFolder ? '/' : ''));

it.each([true, false])(
  'a path is taken or refused as by a map of all prefixes, folding case: %s',
  (foldsCase) => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 12 }), (paths) => {
        expect(verdictOf(paths, foldsCase)).toEqual(slowVerdictOf(paths, foldsCase));
      }),
      { numRuns: 3000 },
    );
  },
);

describe('an offer costs at most three steps for each segment of a path', () => {
  const ENTRIES = 4000;
  const chain = (segment: (depth: number) => string, depth = 127) =>
    Array.from({ length: depth }, (_, i) => segment(i)).join('/');
  const SHAPES: Record<string, (index: number) => string> = {
    'short names': (i) => `f${i}`,
    'deep paths that part at the top': (i) => `${i}/${chain(() => 'd')}`,
    'deep paths that part at the bottom': (i) => `${chain(() => 'd')}/${i}`,
    'deep paths that part in the middle': (i) => `${chain(() => 'd', 64)}/${i}/${chain(() => 'e', 63)}`,
    'long paths': (i) => `${chain((depth) => `${i}-${depth}`.padEnd(31, 'x'))}/f`,
    'a path that parts from each other one a level deeper': (i) => `${chain(() => 'd', 1 + (i % 127))}/f${i}`,
    'a binary tree': (i) => i.toString(2).padStart(20, '0').split('').join('/'),
    'many folders of a few files': (i) => `${i >> 6}/${(i >> 3) & 7}/${i & 7}`,
  };
  it.each(Object.keys(SHAPES).flatMap((shape) => [[shape, false] as const, [shape, true] as const]))(
    '%s, folding case: %s',
    (shape, foldsCase) => {
      const tree = new PlaceTree(foldsCase);
      const entries = entriesOf(Array.from({ length: ENTRIES }, (_, i) => SHAPES[shape]!(i)));
      for (const entry of entries) tree.add(entry);
      const segments = entries.reduce((sum, { path }) => sum + path.split('/').length, 0);
      expect(tree.steps).toBeLessThanOrEqual(3 * segments);
      // As nearly all of the time goes there, the steps are what it costs, whatever the shape.
      expect(tree.steps).toBeGreaterThanOrEqual(ENTRIES);
      const nodes = [...tree.nearestFolders(new Int32Array(ENTRIES))].length;
      expect(nodes).toBeLessThanOrEqual(2 * ENTRIES);
    },
  );
});

it('each entry’s nearest folder is found, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 12 }), (candidates) => {
      const paths: string[] = [];
      for (const candidate of candidates) {
        if (slowVerdictOf([...paths, candidate], false).code === null) paths.push(candidate);
      }
      const tree = new PlaceTree(false);
      const entries = entriesOf(paths);
      for (const entry of entries) tree.add(entry);
      const nearest = new Int32Array(entries.length);
      for (const _ of tree.nearestFolders(nearest));
      const expected = entries.map(({ path }) => {
        const above = entries.filter((other) => other.kind === 'folder' && path.startsWith(`${other.path}/`));
        return above.sort((a, b) => b.path.length - a.path.length)[0]?.index ?? -1;
      });
      expect([...nearest]).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

it('a refusal is a TransferError that quotes the path', () => {
  const tree = new PlaceTree(true);
  const [one, other] = entriesOf(['d/x', 'D/y']) as [ManifestEntry, ManifestEntry];
  tree.add(one);
  expect(() => tree.add(other)).toThrow(
    new TransferError('name-impossible', 'The names “d” and “D” would be the same file on this device.'),
  );
});
