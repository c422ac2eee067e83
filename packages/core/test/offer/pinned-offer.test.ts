// A later offer is matched with the one that was accepted, and nothing else of the process waits for that.
import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/async/pace.ts';
import { matchOffer } from '../../src/offer/pinned-offer.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';

const entriesOf = (count: number, more: Partial<ManifestEntry> = {}): ManifestEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    index,
    kind: 'file',
    path: `f${index}`,
    sizeBytes: 1,
    modifiedMs: null,
    executable: false,
    ...more,
  }));

function counted() {
  let turns = 0;
  const clock = {
    nowMs: () => 0,
    after: () => () => {},
    turn: async () => {
      turns += 1;
    },
  };
  return { pace: new Pace(clock), turns: () => turns };
}

describe('a later offer', () => {
  it('is matched by path, with a turn of the event loop for each 4,096 entries of both', async () => {
    const { pace, turns } = counted();
    const offered = entriesOf(50_000)
      .reverse()
      .map((entry, index) => ({ ...entry, index }));
    const match = await matchOffer(entriesOf(50_000), offered, pace);
    expect(match?.acceptedIndices.slice(0, 2)).toEqual([49_999, 49_998]);
    expect(match?.changed).toEqual([]);
    expect(turns()).toBe(Math.floor(100_000 / 4096));
  });

  it.each<[string, Partial<ManifestEntry>]>([
    ['newly executable', { executable: true }],
    ['of another kind', { kind: 'folder' }],
    ['of another name', { path: 'g' }],
  ])('with a file %s is another offer', async (_what, more) => {
    const { pace } = counted();
    expect(await matchOffer(entriesOf(1), entriesOf(1, more), pace)).toBeNull();
  });
});
