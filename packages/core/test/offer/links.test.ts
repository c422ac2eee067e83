// Links of an offer: what travels, what is pinned, which targets no offer may have, and which names make a link one that is asked about.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/async/pace.ts';
import { offerPin } from '../../src/crypto/offer-pin.ts';
import { ManifestCheck } from '../../src/names/check-manifest.ts';
import { ANY_RECEIVER, SendableNames } from '../../src/names/sendable-names.ts';
import { surveyNames } from '../../src/names/survey-names.ts';
import { FirstOffer } from '../../src/offer/offer-changes.ts';
import { matchOffer } from '../../src/offer/pinned-offer.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';
import { MAX_PATHS_BYTES } from '../../src/wire/limits.ts';
import { countContent, ManifestReader, manifestPages } from '../../src/wire/manifest.ts';

const pause = () => Promise.resolve();
const pace = () =>
  new Pace({
    nowMs: () => 0,
    after: (_ms, then) => {
      then();
      return () => {};
    },
  });
const common = { sizeBytes: 0, modifiedMs: null, executable: false };
const link = (path: string, target: string, index = 0): ManifestEntry => ({
  index,
  kind: 'link',
  path,
  target,
  ...common,
});
const folder = (path: string, index = 0): ManifestEntry => ({ index, kind: 'folder', path, ...common });
const line = { kind: 'link', path: 'd/l', target: 'd/f' };

it('travels with its path and target alone, and to an end without the feature it is no entry', () => {
  expect([...manifestPages([{ ...link('d/l', 'd/f'), mode: 0o777, modifiedMs: 5 }], true)]).toEqual([[line]]);
  const more = { ...line, size: 9, modified: 5, mode: 0o777, executable: true };
  expect(new ManifestReader(true).add([more])).toEqual([link('d/l', 'd/f')]);
  expect(() => new ManifestReader().add([line])).toThrow(
    expect.objectContaining({ code: 'protocol-violation' }),
  );
  expect(new ManifestReader(true).add([{ path: 'f', size: 1, target: 'x' }])[0]).not.toHaveProperty('target');
  expect(countContent([link('a', 'b'), folder('d')])).toEqual({ files: 0, bytes: 0, unsized: false });
});

it('has its target counted with the paths', () => {
  const reader = new ManifestReader(true);
  const target = 'x'.repeat(MAX_PATHS_BYTES / 4 - 1);
  for (let i = 0; i < 4; i += 1) reader.add([{ kind: 'link', path: `${i}`, target }]);
  expect(() => reader.add([{ kind: 'link', path: 'y', target: '' }])).toThrow(
    expect.objectContaining({ code: 'limit-exceeded' }),
  );
});

it('is pinned with its target, and leads nowhere else in a later offer', async () => {
  const pins = await Promise.all([
    offerPin([link('l', 'f')], pause),
    offerPin([link('l', 'g')], pause),
    offerPin([{ ...folder('l') }], pause),
    offerPin([{ ...folder('l'), kind: 'file' }], pause),
  ]);
  expect(new Set(pins.map((pin) => pin.join())).size).toBe(4);
  expect(await matchOffer([link('l', 'f')], [link('l', 'f')], pace())).not.toBeNull();
  expect(await matchOffer([link('l', 'f')], [link('l', 'g')], pace())).toBeNull();
  expect(await matchOffer([{ ...folder('l'), kind: 'file' }], [link('l', 'g')], pace())).toBeNull();
  const first = new FirstOffer();
  await first.changesOf([link('l', 'f')], pace());
  expect(await first.changesOf([link('l', 'g')], pace())).toEqual({ added: [], changed: [0] });
});

describe('of random entries', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 })
    .map((names) => names.join('/'));
  const entries = fc.array(
    fc.oneof(
      path.map((it) => folder(it)),
      fc.tuple(path, path).map(([it, target]) => link(it, target)),
    ),
    { maxLength: 12 },
  );

  it('those are refused whose target is below a link or below no offered name, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(entries, async (random) => {
        const names = new SendableNames();
        const offered = random
          .filter(({ kind, path: it }) => names.add(kind, it) === null)
          .map((entry, index) => ({ ...entry, index }));
        const check = new ManifestCheck(ANY_RECEIVER);
        expect(check.faultOf(offered)).toBeNull();
        const links = new Set(offered.flatMap((entry) => (entry.kind === 'link' ? [entry.path] : [])));
        const isWrong = ({ target = '' }: ManifestEntry) => {
          const steps = target.split('/');
          const isKnown = offered.some(({ path: it }) => it.split('/')[0] === steps[0]);
          return !isKnown || steps.some((_step, i) => i > 0 && links.has(steps.slice(0, i).join('/')));
        };
        const expected = offered.find((entry) => entry.kind === 'link' && isWrong(entry))?.index ?? null;
        expect((await check.linkFault(pace()))?.index ?? null).toBe(expected);
        for (const entry of offered)
          if (entry.kind === 'link')
            expect(names.reasonAgainstTarget(entry.target!) !== null).toBe(isWrong(entry));
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  '.bashrc',
  '.ssh',
  '.config',
  'd/.git',
  'd/.git/hooks',
  'd/.git/config',
  'bare/hooks',
  'Library',
  'library',
  'Library/LaunchAgents',
  'AppData',
  'bin',
  'd/autostart',
  'd/.vscode',
  'd/run.desktop',
  '.GIT\u200c',
])('is asked about by the name %s, whatever it leads to', async (path) => {
  const { risky } = await surveyNames([link(path, 'harmless', 0)], null, pause);
  expect(risky).toEqual([0]);
});

it.each([
  'latest',
  'node_modules/a',
  'node_modules/.bin/tsc',
  'node_modules/.pnpm/b@1/node_modules/a',
  'd/file.txt',
])('is not asked about by the name %s', async (path) => {
  const { risky } = await surveyNames([link(path, 'harmless', 0)], null, pause);
  expect(risky).toEqual([]);
});
