import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SourceEntry } from '@p2p-copy/core';
import { expect, it, onTestFinished } from 'vitest';
import { lookUpPaths } from '../../../src/node/sources/named-paths.ts';
import { scanPaths } from '../../../src/node/sources/scan-paths.ts';
import { scratchFolder } from '../../scratch.ts';

async function scan(paths: string[], warnings: string[] = [], follow = false): Promise<SourceEntry[]> {
  const { signal } = new AbortController();
  const options = { onWarning: (text: string) => warnings.push(text), follow, signal };
  return scanPaths(await lookUpPaths(paths), options);
}

const lines = (entries: SourceEntry[]) =>
  entries.map(({ kind, path, sizeBytes, unsendable }) =>
    unsendable === undefined ? `${kind} ${path} ${sizeBytes}` : `${unsendable} ${path}`,
  );

async function readAll(entry: SourceEntry): Promise<string> {
  const source = await entry.open();
  const into = new Uint8Array(entry.sizeBytes ?? 0);
  const count = await source.read(0, into);
  await source.close();
  return Buffer.from(into.subarray(0, count)).toString();
}

it('lists files and folders under the names that were given, in a stable order', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'tree/b/empty'), { recursive: true });
  await writeFile(join(root, 'tree/b/two.txt'), 'two');
  await writeFile(join(root, 'tree/a.txt'), 'a');
  await writeFile(join(root, 'tree/Z'), '');
  await writeFile(join(root, 'alone.bin'), 'alone');
  const expected = [
    'folder tree 0',
    'file tree/Z 0',
    'file tree/a.txt 1',
    'folder tree/b 0',
    'folder tree/b/empty 0',
    'file tree/b/two.txt 3',
    'file alone.bin 5',
  ];
  expect(lines(await scan([join(root, 'tree'), join(root, 'alone.bin')]))).toEqual(expected);
  expect(lines(await scan([`${join(root, 'tree')}/`, join(root, 'tree/../alone.bin')]))).toEqual(expected);
});

it('calls the current folder by its name', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'here'));
  await writeFile(join(root, 'here/x'), 'x');
  const before = process.cwd;
  onTestFinished(() => {
    process.cwd = before;
  });
  process.cwd = () => join(root, 'here');
  expect(lines(await scan(['.']))).toEqual(['folder here 0', 'file here/x 1']);
});

it('keeps time and executable bit', async () => {
  const root = await scratchFolder();
  const file = join(root, 'run.sh');
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, 0o755);
  await utimes(file, 1_700_000_000.123, 1_700_000_000.1234);
  const [entry] = await scan([file]);
  expect(entry).toMatchObject({ executable: true, modifiedMs: 1_700_000_000_123 });
});

it('sends NFC names and opens the raw ones', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'd'));
  await writeFile(join(root, 'd', 'u\u0308.txt'), 'decomposed');
  const [, entry] = await scan([join(root, 'd')]);
  expect(entry!.path).toBe('d/\u00fc.txt');
  expect(await readAll(entry!)).toBe('decomposed');
});

it('leaves out the second of two names that are one in NFC, with all that is in it', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'd/u\u0308'), { recursive: true });
  await mkdir(join(root, 'd/\u00fc'));
  await writeFile(join(root, 'd/u\u0308/1'), '1');
  await writeFile(join(root, 'd/\u00fc/2'), '2');
  const entries = await scan([join(root, 'd')]);
  expect(lines(entries)).toEqual([
    'folder d 0',
    'folder d/\u00fc 0',
    'file d/\u00fc/1 1',
    'same-name d/\u00fc',
  ]);
});

it('numbers arguments of equal names, and takes one that is named twice once', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'a'));
  await writeFile(join(root, 'a/same.txt'), '1');
  await writeFile(join(root, 'same.txt'), '22');
  await writeFile(join(root, 'same (1).txt'), '333');
  const paths = ['a/same.txt', 'same.txt', 'a/../a/same.txt', 'same (1).txt'].map((path) => join(root, path));
  expect(lines(await scan(paths))).toEqual([
    'file same.txt 1',
    'file same (1).txt 2',
    'file same (1) (1).txt 3',
  ]);
});

it('leaves out a name with a control character', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'd'));
  await writeFile(join(root, 'd', 'a\u001b[31m'), '1');
  expect(lines(await scan([join(root, 'd')]))).toEqual(['folder d 0', 'control-character d/a\u001b[31m']);
});

it('leaves out a name that is not UTF-8, with its bytes escaped', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'd'));
  const bytes = [0xff, ...Buffer.from('\u00fc\u{1f600}'), 0xc3, 0xe9, 0x80];
  await writeFile(Buffer.concat([Buffer.from(`${join(root, 'd')}/a`), Buffer.from(bytes)]), '1');
  expect(lines(await scan([join(root, 'd')]))).toEqual([
    'folder d 0',
    'not-unicode d/a\\xff\u00fc\u{1f600}\\xc3\\xe9\\x80',
  ]);
});

it('refuses a named file that is missing', async () => {
  const root = await scratchFolder();
  await expect(scan([join(root, 'missing')])).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringContaining('missing'),
  });
});

it('leaves out a named link that leads nowhere, and a pipe', async () => {
  const root = await scratchFolder();
  await symlink('nowhere', join(root, 'broken-link'));
  await promisify(execFile)('mkfifo', [join(root, 'pipe')]);
  expect(lines(await scan([join(root, 'broken-link'), join(root, 'pipe')]))).toEqual([
    'dangling-link broken-link',
    'special-file pipe',
  ]);
});

it('leaves out special files, and links that lead out', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'd/sub'), { recursive: true });
  await writeFile(join(root, 'target'), 'linked');
  await symlink('../target', join(root, 'd/link'));
  await symlink('nowhere', join(root, 'd/broken'));
  await symlink('..', join(root, 'd/sub/up'));
  await symlink('self', join(root, 'd/self'));
  await promisify(execFile)('mkfifo', [join(root, 'd/pipe')]);
  const server = createServer().listen(join(root, 'd/socket'));
  onTestFinished(() => void server.close());
  const warnings: string[] = [];
  const asLinks = await scan([join(root, 'd')], warnings);
  expect(lines(asLinks)).toEqual([
    'folder d 0',
    'link d/broken 0',
    'leads-out d/link',
    'special-file d/pipe',
    'link d/self 0',
    'special-file d/socket',
    'folder d/sub 0',
    'link d/sub/up 0',
  ]);
  expect(warnings).toEqual([]);

  // Followed, broken links and loops get a warning each.
  const entries = await scan([join(root, 'd')], warnings, true);
  expect(lines(entries)).toEqual([
    'folder d 0',
    'file d/link 6',
    'special-file d/pipe',
    'special-file d/socket',
    'folder d/sub 0',
  ]);
  expect(await readAll(entries[1]!)).toBe('linked');
  expect(warnings.map((text) => text.split('”')[0])).toEqual([
    expect.stringContaining('“d/broken'),
    expect.stringContaining('“d/self'),
    expect.stringContaining('“d/sub/up'),
  ]);
});

it('stops when it is told to', async () => {
  const root = await scratchFolder();
  const named = await lookUpPaths([root]);
  const scanning = scanPaths(named, { onWarning: () => {}, signal: AbortSignal.abort() });
  await expect(scanning).rejects.toMatchObject({ code: 'interrupted' });
});

it('notices a file that changed after the scan', async () => {
  const root = await scratchFolder();
  const file = join(root, 'f');
  await writeFile(file, 'before');
  const [entry] = await scan([file]);
  const source = await entry!.open();
  expect(await source.isUnchanged()).toBe(true);
  await writeFile(file, 'later!');
  expect(await source.isUnchanged()).toBe(false);
  await source.close();
});

it('notices a file that another one replaced', async () => {
  const root = await scratchFolder();
  const file = join(root, 'f');
  await writeFile(file, 'before');
  await utimes(file, 1, 1);
  const [entry] = await scan([file]);
  const source = await entry!.open();
  await writeFile(join(root, 'g'), 'before');
  await utimes(join(root, 'g'), 1, 1);
  await rename(join(root, 'g'), file);
  expect(await source.isUnchanged()).toBe(false);
  await source.close();
});

it('fills the buffer, except at the end', async () => {
  const root = await scratchFolder();
  await writeFile(join(root, 'f'), '0123456789');
  const [entry] = await scan([join(root, 'f')]);
  const source = await entry!.open();
  const into = new Uint8Array(4);
  expect(await source.read(0, into)).toBe(4);
  expect(await source.read(8, into)).toBe(2);
  expect(await source.read(10, into)).toBe(0);
  await source.close();
});

it.runIf(existsSync('/dev/shm'))(
  'lets other events have their turn while it looks at what lies in memory',
  async () => {
    const root = await scratchFolder('/dev/shm');
    for (let i = 0; i < 1280; i += 1) writeFileSync(join(root, `file${i}`), 'x');
    const named = await lookUpPaths([root]);
    let turn = 0;
    let isScanning = true;
    const count = () => {
      turn += 1;
      if (isScanning) setImmediate(count);
    };
    setImmediate(count);
    await scanPaths(named, { onWarning() {}, signal: new AbortController().signal });
    isScanning = false;
    // One for each 128 names, at least.
    expect(turn).toBeGreaterThanOrEqual(10);
  },
);

it('scans 100,000 files', async () => {
  const root = await scratchFolder();
  for (let folder = 0; folder < 100; folder += 1) {
    mkdirSync(join(root, `d${folder}`));
    for (let i = 0; i < 1000; i += 1) writeFileSync(join(root, `d${folder}`, `f${i}`), '');
  }
  const startMs = performance.now();
  const entries = await scan([root]);
  expect(entries).toHaveLength(100_101);
  // Generous: a slow machine still shows a scan that waits for one file at a time.
  expect(performance.now() - startMs).toBeLessThan(30_000);
}, 120_000);

const onLinux = it.skipIf(process.platform !== 'linux');

onLinux(
  'offers a file that states no size, or a wrong one, with an unknown size, and reads it to its end',
  async () => {
    const root = await scratchFolder();
    await mkdir(join(root, 'tree'));
    await symlink('/proc/sys/kernel/ostype', join(root, 'tree/ostype'));
    const wrong = '/sys/kernel/mm/transparent_hugepage/enabled';
    const paths = ['/proc/version', join(root, 'tree'), ...(existsSync(wrong) ? [wrong] : [])];
    const entries = (await scan(paths, [], true)).filter(({ kind }) => kind === 'file');
    for (const entry of entries) {
      expect(entry.sizeBytes).toBeNull();
      const source = await entry.open();
      const content = Buffer.alloc(10_000);
      const length = await source.read(0, content);
      const isUnchanged = await source.isUnchanged();
      await source.close();
      const path =
        entry.path === 'tree/ostype' ? '/proc/sys/kernel/ostype' : paths.find((p) => p.endsWith(entry.path));
      expect(content.subarray(0, length).toString()).toBe(readFileSync(path!, 'utf8'));
      expect(isUnchanged).toBe(true);
      expect((await entry.refresh!()).sizeBytes).toBeNull();
    }
  },
);

it('believes files that are empty, or all holes', async () => {
  const root = await scratchFolder();
  await writeFile(join(root, 'empty'), '');
  await writeFile(join(root, 'sparse'), '');
  truncateSync(join(root, 'sparse'), 1_000_000);
  expect(lines(await scan([join(root, 'empty'), join(root, 'sparse')]))).toEqual([
    'file empty 0',
    'file sparse 1000000',
  ]);
});

it('never reads a file beyond the size that was offered, and says that it grew', async () => {
  const root = await scratchFolder();
  for (const [name, content] of [
    ['log', 'first'],
    ['new', ''],
  ] as const) {
    const path = join(root, name);
    await writeFile(path, content);
    const [entry] = await scan([path]);
    await writeFile(path, `${content} and more`);
    expect(await readAll(entry!)).toBe(content);
    const source = await entry!.open();
    expect(await source.isUnchanged()).toBe(false);
    await source.close();
  }
});

it('a link that is sent as one is no folder to a pattern, as git has it, and may lead to what is left out', async () => {
  const root = await scratchFolder();
  const tree = join(root, 'tree');
  for (const folder of ['build', 'out', 'src']) await mkdir(join(tree, folder), { recursive: true });
  await writeFile(join(tree, 'build/x'), 'x');
  await writeFile(join(tree, 'out/o'), 'o');
  await symlink('../out', join(tree, 'src/build'));
  await symlink('../build/x', join(tree, 'src/x'));
  const excluded = async (follow: boolean) => {
    let count = 0;
    const { signal } = new AbortController();
    const excludes = { exclude: ['build/'] };
    const options = { onWarning() {}, onExcluded: () => (count += 1), excludes, follow, signal };
    return { entries: lines(await scanPaths(await lookUpPaths([tree]), options)), count };
  };
  const common = ['folder tree 0', 'folder tree/out 0', 'file tree/out/o 1', 'folder tree/src 0'];
  expect(await excluded(false)).toEqual({
    entries: [...common, 'link tree/src/build 0', 'link tree/src/x 0'],
    count: 1,
  });
  // What is sent as a folder is left out as one.
  expect(await excluded(true)).toEqual({ entries: [...common, 'file tree/src/x 1'], count: 2 });
});

it('a link to a name that can’t be sent is said to be one, and its own name is not blamed', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'd'));
  const targets = [
    'a\nb',
    'a\\b',
    'C:\\Windows',
    'x'.repeat(256),
    `${'a/'.repeat(200)}a`,
    Buffer.from([0x61, 0xff]),
  ];
  for (const [i, target] of targets.entries()) await symlink(target, join(root, `d/${i}`));
  await symlink('.p2p.part', join(root, 'd/part'));
  expect(lines(await scan([join(root, 'd')])).slice(1)).toEqual([
    ...targets.map((_, i) => `impossible-target d/${i}`),
    'impossible-target d/part',
  ]);
});
