import { PlacedPaths } from '@p2p-copy/core';
import { expect, it } from 'vitest';
import { acceptedOffer, knownOffer } from '../../src/library/accepted-offer.ts';
import { manifestOf } from '../node/sinks/manifest-of.ts';

const PATHS = ['d/', 'd/a', 'd/b', 'd/c', 'd/e', 'f'];
const DECIDED = {
  skip: new Set([2, 3]),
  placed: new PlacedPaths([], [[1, 'd/a (1)']]),
  replaces: new Set([4]),
  compared: new Set([4, 5]),
  finalPaths: new Set(['d/a (1)', 'd/e', 'f']),
};
const accept = (paths: string[]) => acceptedOffer(manifestOf(paths), DECIDED, true);

it('comes back from JSON as it was', async () => {
  const accepted = JSON.parse(JSON.stringify(accept(PATHS)));
  expect(accepted).toMatchObject({ skip: [[2, 3]], renamed: [[1, 'd/a (1)']], replaces: [[4, 4]] });
  expect(await knownOffer(accepted, manifestOf(PATHS))).toEqual({
    ...DECIDED,
    leftOut: new Set(),
    unwanted: new Set(),
    changed: [],
  });
});

it.each([[[...PATHS, 'g']], [PATHS.with(5, 'F')], [PATHS.with(5, 'f/')]])(
  'is not for an offer with something else: %j',
  async (paths) => {
    expect(await knownOffer(accept(PATHS), manifestOf(paths))).toBeNull();
  },
);

it('is not for a file that has become executable', async () => {
  const manifest = manifestOf(PATHS);
  manifest.entries[5]!.executable = true;
  expect(await knownOffer(accept(PATHS), manifest)).toBeNull();
});

it('is for less, in any order, by path', async () => {
  expect(await knownOffer(accept(PATHS), manifestOf(['f', 'd/e', 'd/c', 'd/a']))).toEqual({
    skip: new Set([2]),
    placed: new PlacedPaths([], [[3, 'd/a (1)']]),
    replaces: new Set([1]),
    compared: new Set([0, 1]),
    finalPaths: new Set(['d/a (1)', 'd/e', 'f']),
    leftOut: new Set(),
    unwanted: new Set(),
    changed: [],
  });
});

it('tells of files that have another size', async () => {
  const manifest = manifestOf(PATHS);
  manifest.entries[5]!.sizeBytes = 7;
  expect((await knownOffer(accept(PATHS), manifest))?.changed).toEqual([
    { path: 'f', index: 5, acceptedBytes: 0, sizeBytes: 7 },
  ]);
});

it.each(['../a', '/a', 'a', 'd/x/a', 'd/../a', 'd/..', 'd/'])('never leads elsewhere: %j', async (path) => {
  const accepted = { ...accept(PATHS), renamed: [[1, path]] as [number, string][] };
  expect(await knownOffer(accepted, manifestOf(PATHS))).toBeNull();
});

it('takes ranges beyond the offer for what they are', async () => {
  const accepted = { ...accept(PATHS), skip: [[4, Number.MAX_SAFE_INTEGER]] as [number, number][] };
  expect((await knownOffer(accepted, manifestOf(PATHS)))?.skip).toEqual(new Set([4, 5]));
});
