// Random trees full of random links, from disk to disk: what the sender says of them is taken by every receiver, what is made of it leads
// where it led, and nothing leads out.
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { ANY_RECEIVER, type ManifestEntry, Pace, PlacedPaths, type SourceEntry } from '@p2p-copy/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManifestCheck } from '../../../../packages/core/src/names/check-manifest.ts';
import { DiskRefusals } from '../../src/node/parts/disk-refusals.ts';
import { createFolderSink } from '../../src/node/sinks/folder-sink.ts';
import { placedLinks, textOfLink, withLinks } from '../../src/node/sinks/make-links.ts';
import { lookUpPaths } from '../../src/node/sources/named-paths.ts';
import { scanPaths } from '../../src/node/sources/scan-paths.ts';
import { nodeClock } from '../../src/node/time/clock.ts';
import { scratchFolder } from '../scratch.ts';

const NAMES = ['a', 'b', 'c'];
const step = fc.constantFrom(...NAMES, '..', '.', 'nothing');
const text = fc.oneof(
  { weight: 6, arbitrary: fc.array(step, { minLength: 1, maxLength: 6 }).map((steps) => steps.join('/')) },
  { weight: 1, arbitrary: fc.constantFrom('/', '/etc/hostname', './', '../../..', 'a//b', 'a/') },
  // From the root of the tree, as an absolute path.
  { weight: 1, arbitrary: fc.array(step, { maxLength: 4 }).map((steps) => ['@', ...steps].join('/')) },
);
const placeIn = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/'));
const tree = fc.record({
  files: fc.array(placeIn, { maxLength: 6 }),
  links: fc.array(fc.tuple(placeIn, text), { minLength: 1, maxLength: 10 }),
});

/** Makes what of it can be together; all of it below `root/sent`. */
function make(root: string, { files, links }: { files: string[]; links: [string, string][] }): string {
  const sent = join(root, 'sent');
  mkdirSync(sent);
  mkdirSync(join(root, 'outside'));
  writeFileSync(join(root, 'outside/private'), 'private');
  const attempt = (path: string, action: (diskPath: string) => void) => {
    try {
      // Not by way of a link: what is made is where it says.
      mkdirSync(join(sent, dirname(path)), { recursive: true });
      if (realpathSync(join(sent, dirname(path))) === join(sent, dirname(path))) action(join(sent, path));
    } catch {}
  };
  for (const path of files) attempt(path, (diskPath) => writeFileSync(diskPath, path, { flag: 'wx' }));
  for (const [path, to] of links) attempt(path, (diskPath) => symlinkSync(to.replace('@', sent), diskPath));
  return sent;
}

async function offerOf(sent: string): Promise<ManifestEntry[]> {
  const signal = new AbortController().signal;
  const entries = await scanPaths(await lookUpPaths([sent]), { onWarning() {}, signal });
  return entries
    .filter((entry) => entry.unsendable === undefined)
    .map((entry, index) => manifestEntry(entry, index));
}

function manifestEntry({ kind, path, sizeBytes, target }: SourceEntry, index: number): ManifestEntry {
  const common = { index, kind, path, sizeBytes, modifiedMs: null, executable: false };
  return target === undefined ? common : { ...common, target };
}

/** Receives an offer's files and links as the command does. */
async function receiveAt(root: string, entries: ManifestEntry[]) {
  const plan = { skip: new Set<number>(), placed: new PlacedPaths(), replaces: new Set<number>() };
  const links = placedLinks({ entries, files: 0, bytes: 0, unsized: false }, plan);
  const refusals = new DiskRefusals();
  const common = { root, finalPaths: new Set<string>(), refusals, onSaved() {} };
  const sink = withLinks(createFolderSink({ ...common }), { ...common, links });
  for (const entry of entries) {
    if (entry.kind === 'folder') await sink.makeFolder(entry.path);
    if (entry.kind !== 'file') continue;
    const part = await sink.openFile(entry);
    await part.write(0, new TextEncoder().encode(entry.path));
    await part.commit();
  }
  await sink.finish();
  return refusals;
}

/** Paths of all links below a folder. */
function linksIn(root: string, below = ''): string[] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = posix.join(below, name);
    const stats = lstatSync(join(root, path));
    if (stats.isSymbolicLink()) return [path];
    return stats.isDirectory() ? linksIn(root, path) : [];
  });
}

/** Where a link ends, relative to `root`; null where nothing is, or it is a loop. */
function endOf(root: string, path: string): string | null {
  try {
    return relative(root, realpathSync.native(join(root, path)));
  } catch {
    return null;
  }
}

describe('random trees of links', () => {
  it('are offered as every receiver takes them, and made they lead where they led and nowhere else', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (random) => {
        const root = realpathSync(await scratchFolder());
        const sent = make(root, random);
        const entries = await offerOf(sent);
        const check = new ManifestCheck(ANY_RECEIVER);
        expect(check.faultOf(entries)).toBeNull();
        expect(await check.linkFault(new Pace(nodeClock))).toBeNull();

        const out = join(root, 'out');
        mkdirSync(out);
        const refusals = await receiveAt(out, entries);
        expect(refusals.settings).toEqual([]);
        const made = linksIn(out);
        expect(made.sort()).toEqual(
          entries
            .filter(({ kind }) => kind === 'link')
            .map(({ path }) => path)
            .sort(),
        );
        for (const path of made) {
          const end = endOf(root, join('out', path));
          expect(end === null || /^out\/sent(\/|$)/.test(end), `${path} ends at ${end}`).toBe(true);
          // By way of what isn't there nothing is reached, which a shorter text may do: then still within what came.
          const led = endOf(root, path);
          if (led !== null) expect(end).toBe(join('out', led));
          expect(readlinkSync(join(out, path))).not.toMatch(/^\//);
        }
        // What isn't offered of the links is what leads out, at one of its steps.
        const offered = new Set(made);
        for (const path of linksIn(root, 'sent').filter((link) => !offered.has(link))) {
          // A way by links that lead in circles, or to nothing, is no way at all.
          if (endOf(root, path) === null) continue;
          const steps: string[] = [];
          for (let at = path; lstatSync(join(root, at), { throwIfNoEntry: false })?.isSymbolicLink(); ) {
            const to = readlinkSync(join(root, at));
            at = relative(root, to.startsWith('/') ? to : stepFrom(root, at, to));
            steps.push(at);
            if (steps.length > 40) break;
          }
          expect(
            steps.some((at) => !/^sent(\/|$)/.test(at)),
            `${path}: ${steps.join(' → ')}`,
          ).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

/** The path that a link's text names, as the system reads it. */
function stepFrom(root: string, at: string, to: string): string {
  const steps = to.split('/').filter((name) => name !== '');
  let here = join(root, dirname(at));
  for (const [index, name] of steps.entries()) {
    here = join(here, name);
    if (index === steps.length - 1) break;
    try {
      here = realpathSync.native(here);
    } catch {}
  }
  return here;
}

it.for([
  ['nowhere', 'sent/nowhere'],
  ['by/way', 'sent/real/way'],
  ['hollow/way', 'sent/no/such/way'],
  ['hollow-out/way', null],
  ['away', null],
  ['.', 'sent'],
  ['real/..', 'sent'],
  ['..', null],
  ['../sent', 'sent'],
  ['../sentinel', null],
  ['../outside/back', null],
  ['real/', 'sent/real'],
  ['circle/x', null],
] as const)('a link to %s leads to %s', async ([to, expected]) => {
  const root = realpathSync(await scratchFolder());
  const sent = make(root, {
    files: ['real/f'],
    links: [
      ['by', 'real'],
      ['hollow', 'no/such'],
      ['hollow-out', '../no/such'],
      ['away', '../outside'],
      ['circle', 'circle'],
    ],
  });
  symlinkSync('../sent/real', join(root, 'outside/back'));
  mkdirSync(join(root, 'sentinel'));
  symlinkSync(to, join(sent, 'link'));
  const link = (await offerOf(sent)).find(({ path }) => path === 'sent/link');
  expect(link?.target ?? null).toBe(expected);
});

it('a link whose target has not arrived replaces no file, and does once it has', async () => {
  const out = realpathSync(await scratchFolder());
  writeFileSync(join(out, 'a'), 'mine');
  writeFileSync(join(out, 'b'), 'mine, too');
  const links = ['a', 'b'].map((path, index) => ({
    ...{ index, path, target: path === 'a' ? 'b' : 'c' },
    ...{ isFolder: false, mayReplace: true },
  }));
  const received = () => {
    const refusals = new DiskRefusals();
    const common = { root: out, finalPaths: new Set<string>(), refusals, onSaved() {} };
    return { refusals, sink: withLinks(createFolderSink(common), { ...common, links }) };
  };
  const without = received();
  await without.sink.finishWithout!();
  await without.sink.finish();
  expect([readlinkSync(join(out, 'a')), readFileSync(join(out, 'b'), 'utf8')]).toEqual(['b', 'mine, too']);
  expect(without.refusals.settings).toEqual(['link']);
  writeFileSync(join(out, 'c'), 'arrived');
  const whole = received();
  await whole.sink.finish();
  expect(whole.refusals.settings).toEqual([]);
  expect([readlinkSync(join(out, 'b')), readFileSync(join(out, 'a'), 'utf8')]).toEqual(['c', 'arrived']);
});

it('links that lead in circles by many ways take few steps', async () => {
  const root = realpathSync(await scratchFolder());
  const sent = make(root, {
    files: [],
    links: [
      ['a', 'b/b/b/b/x'],
      ['b', 'c/c/c/c/x'],
      ['c', 'a/a/a/a/x'],
    ],
  });
  expect((await offerOf(sent)).map(({ path }) => path)).toEqual(['sent']);
});

it('the text of a link leads from its folder to its target, whatever both are', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd e'), { minLength: 1, maxLength: 6 })
    .map((p) => p.join('/'));
  fc.assert(
    fc.property(path, path, (from, target) => {
      const text = textOfLink({ path: from, target });
      expect(posix.isAbsolute(text)).toBe(false);
      expect(posix.join(posix.dirname(from), text)).toBe(target === '.' ? '' : target);
      // Names come last: no way leads through a link and out again.
      expect(text).toMatch(/^(\.|(\.\.\/)*(\.\.|[^./][^/]*(\/[^./][^/]*)*))$/);
    }),
  );
});
