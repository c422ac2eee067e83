import { expect, it } from 'vitest';
import { acceptedOffer, planOf } from '../../src/library/accepted-offer.ts';
import { manifestOf } from '../node/manifest-of.ts';

const PATHS = ['d/', 'd/a', 'd/b', 'd/c', 'd/e', 'f'];
const PLAN = {
  skip: new Set([2, 3]),
  renamed: new Map([[1, 'd/a (1)']]),
  replaces: new Set([4]),
  finalPaths: new Set(['d/a (1)', 'd/e', 'f']),
};

it('comes back from JSON as it was', () => {
  const accepted = JSON.parse(JSON.stringify(acceptedOffer(manifestOf(PATHS), PLAN)));
  expect(accepted).toMatchObject({ skip: [[2, 3]], renamed: [[1, 'd/a (1)']], replaces: [[4, 4]] });
  expect(planOf(accepted, manifestOf(PATHS))).toEqual(PLAN);
});

it.each([
  [[...PATHS, 'g']],
  [PATHS.slice(0, -1)],
  [PATHS.with(5, 'F')],
  [PATHS.with(5, 'f/')],
  [[...PATHS].reverse()],
])('is not for an offer of other names: %j', (paths) => {
  expect(planOf(acceptedOffer(manifestOf(PATHS), PLAN), manifestOf(paths))).toBeNull();
});

it.each(['../a', '/a', 'a', 'd/x/a', 'd/../a', 'd/..', 'd/'])('never leads elsewhere: %j', (path) => {
  const accepted = { ...acceptedOffer(manifestOf(PATHS), PLAN), renamed: [[1, path]] as [number, string][] };
  expect(planOf(accepted, manifestOf(PATHS))).toBeNull();
  expect(planOf({ ...accepted, renamed: [[99, 'd/a']] }, manifestOf(PATHS))).toBeNull();
});

it('takes ranges beyond the offer for what they are', () => {
  const accepted = {
    ...acceptedOffer(manifestOf(PATHS), PLAN),
    skip: [[4, Number.MAX_SAFE_INTEGER]] as [number, number][],
  };
  expect(planOf(accepted, manifestOf(PATHS))?.skip).toEqual(new Set([4, 5]));
});
