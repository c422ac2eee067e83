import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  const rules = { windowsNames: false, foldsCase };
  const decide = FIXED[action]!;
  const made = await planOverwrites({ root, manifest: manifestOf(paths), rules, compares, decide });
  return {
    skip: [...made.skip],
    renamed: [...made.renamed],
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
  expect(await plan(root, paths, 'skip')).toEqual({ skip: [2], renamed: [], replaces: [], final: rest });
  expect(await plan(root, paths, 'replace')).toEqual({
    skip: [],
    renamed: [],
    replaces: [2],
    final: ['d/sub/f.txt', ...rest],
  });
  expect(await plan(root, paths, 'rename')).toEqual({
    skip: [],
    renamed: [[2, 'd/sub/f (1).txt']],
    replaces: [],
    final: ['d/sub/f (1).txt', ...rest],
  });
});

it('needs no output folder', async () => {
  const root = join(await scratchFolder(), 'not/yet');
  expect(await plan(root, ['d/', 'd/f'], 'skip')).toEqual({
    skip: [],
    renamed: [],
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
    rules: { windowsNames: false, foldsCase: false },
    compares: true,
    decide: (conflict) => {
      asked.push(conflict);
      return 'skip';
    },
  });
  expect(asked).toEqual([
    {
      path: 'f',
      sizeBytes: 0,
      modifiedMs: null,
      existing: { kind: 'file', sizeBytes: 12, modifiedMs: expect.any(Number) },
    },
    expect.objectContaining({ path: 'g', existing: expect.objectContaining({ kind: 'folder' }) }),
  ]);
});

it('never replaces a folder by a file', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'f'));
  await expect(plan(root, ['f'], 'replace')).rejects.toMatchObject({ code: 'exists' });
  expect((await plan(root, ['f'], 'rename')).renamed).toEqual([[0, 'f (1)']]);
});

it.each([[['d/']], [['d/f']], [['d/e/f']]])('needs folders where folders go: %j', async (paths) => {
  const root = await scratchFolder();
  await writeFile(join(root, 'd'), '');
  await expect(plan(root, paths, 'rename')).rejects.toMatchObject({ code: 'exists' });
});

it('refuses a parent that is a link before anything is written', async () => {
  const root = await scratchFolder();
  await symlink('/', join(root, 'd'));
  await expect(plan(root, ['d/f'], 'replace')).rejects.toMatchObject({ code: 'path-refused' });
});

it('takes a broken link for a name that is taken', async () => {
  const root = await scratchFolder();
  await symlink('nowhere', join(root, 'f'));
  expect((await plan(root, ['f'], 'skip')).skip).toEqual([0]);
});

describe('a file that looks like the one that is there', () => {
  const offered = { sizeBytes: 3, modifiedMs: 1_700_000_000_123 };

  async function asks(existing: { text: string; modifiedMs: number }, entry: object): Promise<boolean> {
    const root = await scratchFolder();
    await writeFile(join(root, 'f'), existing.text);
    await utimes(join(root, 'f'), existing.modifiedMs / 1000, existing.modifiedMs / 1000);
    const [file] = manifestOf(['f']).entries;
    let isAsked = false;
    await planOverwrites({
      root,
      manifest: { ...manifestOf(['f']), entries: [{ ...file!, ...entry }] },
      rules: { windowsNames: false, foldsCase: false },
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
    ['as FAT keeps it', 'abc', 1_700_000_000_000, offered, false],
    ['as FAT keeps another one', 'abc', 1_700_000_004_000, offered, true],
    ['of another size', 'abcd', 1_700_000_000_123, offered, true],
    ['of no known time', 'abc', 1_700_000_000_123, { ...offered, modifiedMs: null }, true],
    ['of no known size', 'abc', 1_700_000_000_123, { ...offered, sizeBytes: null }, true],
    ['empty as well', '', 1, { ...offered, sizeBytes: 0 }, false],
  ])('is decided about only when it differs: %s', async (_what, text, modifiedMs, entry, isAsked) => {
    expect(await asks({ text, modifiedMs }, entry)).toBe(isAsked);
  });
});
