import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlacedPaths } from '@p2p-copy/core';
import { describe, expect, it } from 'vitest';
import { type DecideOverwrite, planOverwrites } from '../../../src/node/sinks/plan-overwrites.ts';
import { scratchFolder } from '../../scratch.ts';
import { manifestOf } from './manifest-of.ts';

const FIXED: Record<string, DecideOverwrite> = {
  skip: () => 'skip',
  rename: () => 'rename',
  replace: () => 'replace',
};

async function plan(
  root: string,
  paths: string[],
  action: string,
  { foldsCase = false, compares = false } = {},
) {
  const decide = FIXED[action]!;
  const placed = new PlacedPaths();
  const made = await planOverwrites({
    root,
    manifest: manifestOf(paths),
    placed,
    foldsCase,
    compares,
    decide,
  });
  return {
    skip: [...made.skip],
    renamed: [...made.placed.files],
    folders: [...made.placed.folders],
    replaces: [...made.replaces],
    final: [...made.finalPaths],
  };
}

it('decides only about what is there', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'd/sub'), { recursive: true });
  await writeFile(join(root, 'd/sub/f.txt'), '');
  const paths = ['d/', 'd/sub/', 'd/sub/f.txt', 'd/new.txt', 'other/', 'other/x'];
  const rest = ['d/new.txt', 'other/x'];
  expect(await plan(root, paths, 'skip')).toEqual({
    skip: [2],
    renamed: [],
    folders: [],
    replaces: [],
    final: rest,
  });
  expect(await plan(root, paths, 'replace')).toEqual({
    skip: [],
    renamed: [],
    folders: [],
    replaces: [2],
    final: ['d/sub/f.txt', ...rest],
  });
  expect(await plan(root, paths, 'rename')).toEqual({
    skip: [],
    renamed: [[2, 'd/sub/f (1).txt']],
    folders: [],
    replaces: [],
    final: ['d/sub/f (1).txt', ...rest],
  });
});

it('needs no output folder', async () => {
  const root = join(await scratchFolder(), 'not/yet');
  expect(await plan(root, ['d/', 'd/f'], 'skip')).toEqual({
    skip: [],
    renamed: [],
    folders: [],
    replaces: [],
    final: ['d/f'],
  });
});

it('finds a number that neither the disk nor the offer uses', async () => {
  const root = await scratchFolder();
  await writeFile(join(root, 'a.txt'), '');
  await writeFile(join(root, 'a (1).txt'), '');
  const { renamed } = await plan(root, ['a.txt', 'a (2).txt', 'A (3).txt'], 'rename');
  expect(renamed).toEqual([[0, 'a (3).txt']]);
  const folded = await plan(root, ['a.txt', 'a (2).txt', 'A (3).txt'], 'rename', { foldsCase: true });
  expect(folded.renamed).toEqual([[0, 'a (4).txt']]);
});

it('says what is offered and what is there', async () => {
  const root = await scratchFolder();
  await writeFile(join(root, 'f'), 'twelve bytes');
  await mkdir(join(root, 'g'));
  const asked: unknown[] = [];
  await planOverwrites({
    root,
    manifest: manifestOf(['f', 'g', 'h']),
    placed: new PlacedPaths(),
    foldsCase: false,
    compares: true,
    decide: (conflict) => {
      asked.push(conflict);
      return 'skip';
    },
  });
  expect(asked).toEqual([
    {
      path: 'f',
      kind: 'file',
      sizeBytes: 0,
      modifiedMs: null,
      existing: { kind: 'file', sizeBytes: 12, modifiedMs: expect.any(Number) },
    },
    expect.objectContaining({ path: 'g', existing: expect.objectContaining({ kind: 'folder' }) }),
  ]);
});

it('never replaces a folder by a file, which gets another name', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'f'));
  for (const action of ['replace', 'rename'])
    expect(await plan(root, ['f'], action)).toMatchObject({ renamed: [[0, 'f (1)']], replaces: [] });
  expect((await plan(root, ['f'], 'skip')).skip).toEqual([0]);
});

describe('a file in place of a folder', () => {
  const PATHS = ['d/', 'd/f', 'd/e/', 'd/e/g', 'h'];

  it('leaves its name to the file, with all that is in it', async () => {
    const root = await scratchFolder();
    await writeFile(join(root, 'd'), '');
    await writeFile(join(root, 'd (1)'), '');
    expect(await plan(root, PATHS, 'rename')).toEqual({
      skip: [],
      renamed: [],
      folders: [['d', 'd (2)']],
      replaces: [],
      final: ['d (2)/f', 'd (2)/e/g', 'h'],
    });
  });

  it('is skipped with all that is in it', async () => {
    const root = await scratchFolder();
    await writeFile(join(root, 'd'), '');
    expect(await plan(root, PATHS, 'skip')).toMatchObject({ skip: [0, 1, 2, 3], folders: [], final: ['h'] });
  });

  it('is replaced', async () => {
    const root = await scratchFolder();
    await writeFile(join(root, 'd'), '');
    expect(await plan(root, PATHS, 'replace')).toMatchObject({ skip: [], folders: [], replaces: [0] });
  });

  it('is asked about once, as a folder', async () => {
    const root = await scratchFolder();
    await mkdir(join(root, 'd'));
    await writeFile(join(root, 'd/e'), '');
    const asked: unknown[] = [];
    await planOverwrites({
      root,
      manifest: manifestOf(PATHS),
      placed: new PlacedPaths(),
      foldsCase: false,
      compares: true,
      decide: ({ path, kind }) => {
        asked.push([path, kind]);
        return 'rename';
      },
    });
    expect(asked).toEqual([['d/e', 'folder']]);
  });

  it.each(['rename', 'replace'])('is no link that is followed or removed: %s', async (action) => {
    const root = await scratchFolder();
    await symlink('/', join(root, 'd'));
    expect(await plan(root, ['d/f'], action)).toMatchObject({
      folders: [['d', 'd (1)']],
      final: ['d (1)/f'],
    });
  });
});

it('takes a broken link for a name that is taken', async () => {
  const root = await scratchFolder();
  await symlink('nowhere', join(root, 'f'));
  expect((await plan(root, ['f'], 'skip')).skip).toEqual([0]);
});

describe('a file that looks like the one that is there', () => {
  const offered = { sizeBytes: 3, modifiedMs: 1_700_000_000_123 };

  async function asks(
    existing: { text: string; modifiedMs: number },
    entry: object,
    grainMs: number,
  ): Promise<boolean> {
    const root = await scratchFolder();
    await writeFile(join(root, 'f'), existing.text);
    await utimes(join(root, 'f'), existing.modifiedMs / 1000, existing.modifiedMs / 1000);
    const [file] = manifestOf(['f']).entries;
    let isAsked = false;
    await planOverwrites({
      root,
      manifest: { ...manifestOf(['f']), entries: [{ ...file!, ...entry }] },
      placed: new PlacedPaths(),
      foldsCase: false,
      grainMs,
      compares: true,
      decide: () => {
        isAsked = true;
        return 'rename';
      },
    });
    return isAsked;
  }

  it.each([
    ['the same', 'abc', 1_700_000_000_123, offered, false],
    ['a millisecond later', 'abc', 1_700_000_000_124, offered, false],
    ['two milliseconds later', 'abc', 1_700_000_000_125, offered, true],
    ['as FAT keeps it', 'abc', 1_700_000_000_000, offered, false, 2_000],
    ['as FAT keeps another one', 'abc', 1_700_000_004_000, offered, true, 2_000],
    ['as FAT would keep it, on a finer disk', 'abc', 1_700_000_000_000, offered, true],
    ['as HFS+ keeps it', 'abc', 1_700_000_000_000, offered, false, 1_000],
    ['as exFAT keeps it', 'abc', 1_700_000_000_120, offered, false, 10],
    ['as exFAT would keep it, on a finer disk', 'abc', 1_700_000_000_120, offered, true],
    ['of another size', 'abcd', 1_700_000_000_123, offered, true],
    ['of no known time', 'abc', 1_700_000_000_123, { ...offered, modifiedMs: null }, true],
    ['of no known size', 'abc', 1_700_000_000_123, { ...offered, sizeBytes: null }, true],
    ['empty as well', '', 1, { ...offered, sizeBytes: 0 }, false],
  ] as [string, string, number, object, boolean, number?][])(
    'is decided about only when it differs: %s',
    async (_what, text, modifiedMs, entry, isAsked, grainMs = 1) => {
      expect(await asks({ text, modifiedMs }, entry, grainMs)).toBe(isAsked);
    },
  );
});
