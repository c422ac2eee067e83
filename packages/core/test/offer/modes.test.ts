// Permission bits of entries: what travels, what is pinned, and what a later offer may not widen.
import { expect, it } from 'vitest';
import { Pace } from '../../src/async/pace.ts';
import { offerPin } from '../../src/crypto/offer-pin.ts';
import { matchOffer } from '../../src/offer/pinned-offer.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';
import { ManifestReader, manifestPages } from '../../src/wire/manifest.ts';

const pause = () => Promise.resolve();
const turnAtOnce = (_ms: number, then: () => void) => {
  then();
  return () => {};
};
const pace = () => new Pace({ nowMs: () => 0, after: turnAtOnce });
const entry = (more: Partial<ManifestEntry> = {}): ManifestEntry => ({
  index: 0,
  kind: 'file',
  path: 'a',
  sizeBytes: 3,
  modifiedMs: null,
  executable: false,
  ...more,
});
const told = (line: object) => new ManifestReader().add([{ path: 'a', size: 3, ...line }])[0]!;

it('travels to an end that has the feature, and to no other', () => {
  const entries = [entry({ mode: 0o640 }), entry({ index: 1, path: 'b' })];
  expect([...manifestPages(entries, true)]).toEqual([
    [
      { path: 'a', size: 3, mode: 0o640 },
      { path: 'b', size: 3 },
    ],
  ]);
  expect([...manifestPages(entries)][0]![0]).toEqual({ path: 'a', size: 3 });
  expect(told({ mode: 0o640 }).mode).toBe(0o640);
  expect(told({})).not.toHaveProperty('mode');
});

it.each([0o4755, 0o2755, 0o1777, 0o1000, -1, 6.5, '644', true, Number.MAX_SAFE_INTEGER])(
  'is no mode, so the offer breaks the protocol: %s',
  (mode) => {
    expect(() => told({ mode })).toThrow(expect.objectContaining({ code: 'protocol-violation' }));
  },
);

it('is covered by the pin, which is as ever without it', async () => {
  const pins = await Promise.all([
    offerPin([entry()], pause),
    offerPin([entry({ mode: 0o600 })], pause),
    offerPin([entry({ mode: 0o644 })], pause),
    offerPin([entry({ mode: 0o644, executable: true })], pause),
  ]);
  expect(new Set(pins.map((pin) => pin.join())).size).toBe(4);
  expect(await offerPin([entry({ mode: 0o600 })], pause, false)).toEqual(pins[0]);
});

it('may be narrowed by a later offer, and not widened', async () => {
  const matches = async (accepted: number | undefined, offered: number | undefined) => {
    const of = (mode: number | undefined) => [entry(mode === undefined ? {} : { mode })];
    return (await matchOffer(of(accepted), of(offered), pace())) !== null;
  };
  expect(await matches(0o644, 0o600)).toBe(true);
  expect(await matches(0o600, 0o600)).toBe(true);
  expect(await matches(0o600, 0o644)).toBe(false);
  expect(await matches(0o600, 0o610)).toBe(false);
  // Without one all is allowed.
  expect(await matches(0o600, undefined)).toBe(false);
  expect(await matches(0o777, undefined)).toBe(true);
  expect(await matches(undefined, undefined)).toBe(true);
  expect(await matches(undefined, 0o666)).toBe(true);
});
