import { expect, it } from 'vitest';
import { chosenBy, itemsOf } from '../../../src/cli/prompts/choose-part.ts';
import type { OfferEntry } from '../../../src/library/public-types.ts';

const entriesOf = (...paths: string[]): OfferEntry[] =>
  paths.map((path, i) => ({
    // Not positions: some may have been left out before.
    index: i * 2 + 1,
    kind: path.endsWith('/') ? 'folder' : 'file',
    path: path.replace(/\/$/, ''),
    sizeBytes: 1,
    modifiedMs: null,
    executable: false,
  }));

const NESTED = entriesOf('top/', 'top/in/', 'top/in/a', 'top/in/b/', 'top/in/b/c', 'top/in/b/d');

it('lists the level at which there is a choice', () => {
  expect(itemsOf(NESTED).map(({ path, files }) => [path, files])).toEqual([
    ['top/in/a', 1],
    ['top/in/b', 2],
  ]);
  expect(itemsOf(entriesOf('a', 'b/', 'b/c')).map(({ path }) => path)).toEqual(['a', 'b']);
  expect(itemsOf(entriesOf('only')).map(({ path }) => path)).toEqual(['only']);
  expect(itemsOf(entriesOf('empty/')).map(({ path }) => path)).toEqual(['empty']);
});

it('a hostile offer of many files in deep folders holds nothing up', () => {
  // A path read again at each of its folders would take a minute.
  const deep = `${'a/'.repeat(126)}`;
  const paths = Array.from({ length: 20_000 }, (_, i) => `${deep}${i}`);
  let read = 0;
  const entries = entriesOf(...paths).map((entry) => ({
    ...entry,
    get path() {
      read += 1;
      return `${deep}${entry.index}`;
    },
  }));
  expect(itemsOf(entries)).toHaveLength(20_000);
  expect(read).toBeLessThanOrEqual(3 * 20_000);
});

it('an offer of nothing but folders has a level, too', () => {
  expect(itemsOf(entriesOf('a/', 'a/b/')).map(({ path }) => path)).toEqual(['a/b']);
  expect(itemsOf(entriesOf('a/', 'a/b/', 'a/bc')).map(({ path }) => path)).toEqual(['a/b', 'a/bc']);
  expect(itemsOf(entriesOf('ab/', 'ac/x')).map(({ path }) => path)).toEqual(['ab', 'ac']);
  expect(itemsOf([])).toEqual([]);
});

it.each<[string, number[] | string]>([
  ['2', [1, 3, 7, 9, 11]],
  ['1', [1, 3, 5]],
  ['1-2', [1, 3, 5, 7, 9, 11]],
  ['all', [1, 3, 5, 7, 9, 11]],
  ['c', [1, 3, 7, 9]],
  ['b/, !c', [1, 3, 7, 9, 11]],
  ['0', 'goes from 1 to 2'],
  ['3', 'goes from 1 to 2'],
  ['2-1', 'goes from 1 to 2'],
  ['1-', 'goes from 1 to 2'],
  ['99999999999999999999', 'goes from 1 to 2'],
  [',', 'No number'],
  ['*.jpg', 'Nothing matches'],
])('takes the answer “%s”', (answer, expected) => {
  const chosen = chosenBy(answer, itemsOf(NESTED), NESTED);
  if (typeof expected === 'string') expect(chosen).toContain(expected);
  else expect([...(chosen as Set<number>)].sort((a, b) => a - b)).toEqual(expected);
});
