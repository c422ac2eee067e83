// Content comes from where it was found: a folder that is exchanged for a link, after an offer and before it is accepted, leads nowhere.
import { closeSync, mkdirSync, openSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { lookUpPaths } from '../../../src/node/sources/named-paths.ts';
import { scanPaths } from '../../../src/node/sources/scan-paths.ts';
import { expectInPlace, isInPlace, sentFolder } from '../../../src/node/sources/sent-folder.ts';
import { scratchFolder } from '../../scratch.ts';

let root: string;
beforeEach(async () => {
  root = await scratchFolder();
  for (const folder of ['sent/sub/deep', 'private/deep']) mkdirSync(join(root, folder), { recursive: true });
  for (const [path, text] of [
    ['sent/f', 'mine'],
    ['sent/sub/deep/x', 'mine'],
    ['private/deep/x', 'theirs'],
  ] as const)
    writeFileSync(join(root, path), text);
});

async function scanned(path: string, follow = false) {
  const named = await lookUpPaths([path]);
  return scanPaths(named, { follow, onWarning: () => {}, signal: new AbortController().signal });
}

async function contentOf(path: string, entries: Awaited<ReturnType<typeof scanned>>): Promise<string> {
  const source = await entries.find((entry) => entry.path === path)!.open();
  const into = new Uint8Array(20);
  const length = await source.read(0, into);
  await source.close();
  return Buffer.from(into.subarray(0, length)).toString();
}

function exchange(folder: string, target: string): void {
  renameSync(join(root, folder), join(root, `${folder} before`));
  symlinkSync(target, join(root, folder));
}

describe('a folder that was exchanged for a link', () => {
  it.each([
    ['sent/sub', '../private'],
    ['sent/sub/deep', '../../private/deep'],
  ])('%s leads no file out of what was found', async (folder, target) => {
    const entries = await scanned(join(root, 'sent'));
    const { refresh } = entries.find(({ path }) => path === 'sent/sub/deep/x')!;
    exchange(folder, target);
    await expect(contentOf('sent/sub/deep/x', entries)).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringContaining('exchanged for a link'),
    });
    await expect(refresh!()).rejects.toMatchObject({ code: 'source-unreadable' });
    expect(await contentOf('sent/f', entries)).toBe('mine');
  });

  it('is not listed', async () => {
    const sent = (await sentFolder(join(root, 'sent')))!;
    expect(await isInPlace(sent, join(root, 'sent/sub'))).toBe(true);
    exchange('sent/sub', '../private');
    expect(await isInPlace(sent, join(root, 'sent/sub'))).toBe(false);
    expect(await isInPlace(sent, join(root, 'sent/sub/deep'))).toBe(false);
  });

  it('leads on where all links are followed', async () => {
    const entries = await scanned(join(root, 'sent'), true);
    exchange('sent/sub', '../private');
    expect(await contentOf('sent/sub/deep/x', entries)).toBe('theirs');
  });
});

it('what a person named is followed, wherever it leads when it is read', async () => {
  symlinkSync('sent', join(root, 'current'));
  const entries = await scanned(join(root, 'current'));
  expect(await contentOf('current/sub/deep/x', entries)).toBe('mine');
  exchange('current', 'private');
  mkdirSync(join(root, 'private/sub/deep'), { recursive: true });
  writeFileSync(join(root, 'private/sub/deep/x'), 'next');
  expect(await contentOf('current/sub/deep/x', entries)).toBe('next');
});

it('a file that lost its name since it was opened is one that has changed', async () => {
  const sent = (await sentFolder(join(root, 'sent')))!;
  const place = { diskPath: join(root, 'sent/f'), path: 'sent/f' };
  const descriptor = openSync(place.diskPath, 'r');
  try {
    expectInPlace(sent, descriptor, place);
    unlinkSync(place.diskPath);
    if (process.platform === 'linux')
      expect(() => expectInPlace(sent, descriptor, place)).toThrow(
        expect.objectContaining({ code: 'source-changed' }),
      );
  } finally {
    closeSync(descriptor);
  }
});

it('the root of a disk, and a path with a line break, are places like others', async () => {
  const odd = join(root, 'a\nb (deleted)');
  mkdirSync(odd);
  writeFileSync(join(odd, 'x (deleted)'), 'odd');
  for (const [folder, path] of [
    [odd, join(odd, 'x (deleted)')],
    ['/', join(odd, 'x (deleted)')],
  ] as const) {
    const sent = (await sentFolder(folder))!;
    const descriptor = openSync(path, 'r');
    expectInPlace(sent, descriptor, { diskPath: path, path: 'x' });
    closeSync(descriptor);
  }
});
