// How a sender's later lists differ from the first: whatever stood for a moment only is no less new.
import { expect, it } from 'vitest';
import { Pace } from '../../src/async/pace.ts';
import { FirstOffer } from '../../src/offer/offer-changes.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';
import { realClock } from '../transfer/rig/run-pair.ts';

type Listed = [path: string, sizeBytes: number | null, rest?: Partial<ManifestEntry>];

const entriesOf = (...listed: Listed[]): ManifestEntry[] =>
  listed.map(([path, sizeBytes, rest], index) => ({
    index,
    kind: 'file',
    path,
    sizeBytes,
    modifiedMs: null,
    executable: false,
    ...rest,
  }));

const changesOf = (first: FirstOffer, ...listed: Listed[]) =>
  first.changesOf(entriesOf(...listed), new Pace(realClock));

it('tells nothing of the first list', async () => {
  expect(await changesOf(new FirstOffer(), ['a', 1])).toBe(null);
});

it('tells what is new and what is changed, wherever it stands', async () => {
  const first = new FirstOffer();
  await changesOf(first, ['a', 1], ['b', 2], ['c', null]);
  expect(await changesOf(first, ['x', 1], ['b', 3], ['a', 1], ['c', null])).toEqual({
    added: [0],
    changed: [1],
  });
});

it('calls a name new that comes back as another kind, and changed where it becomes executable', async () => {
  const first = new FirstOffer();
  await changesOf(first, ['a', 0], ['b', 2]);
  expect(await changesOf(first, ['a', 0, { kind: 'folder' }], ['b', 2, { executable: true }])).toEqual({
    added: [0],
    changed: [1],
  });
});

it('goes on calling new what a sender slipped in with one of twenty lists', async () => {
  const first = new FirstOffer();
  await changesOf(first, ['a', 1]);
  for (let list = 0; list < 20; list += 1)
    expect(await changesOf(first, ['a', 1], ['evil', list])).toEqual({ added: [1], changed: [] });
  // Gone and back, an entry of the first list is none that is new.
  expect(await changesOf(first, ['evil', 1])).toEqual({ added: [0], changed: [] });
  expect(await changesOf(first, ['a', 1])).toEqual({ added: [], changed: [] });
});
