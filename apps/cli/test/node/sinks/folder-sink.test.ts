import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chown, mkdir, readFile, realpath, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PlacedPaths, partName } from '@p2p-copy/core';
import { expect, it, onTestFinished } from 'vitest';
import { renameToFreeName } from '../../../src/node/parts/take-name.ts';
import { createFolderSink } from '../../../src/node/sinks/folder-sink.ts';
import { modifiedMsOf } from '../../../src/node/sources/file-source.ts';
import { scratchFolder } from '../../scratch.ts';
import { entryOf } from './manifest-of.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Every path below a folder, links not followed. */
function treeOf(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort();
}

it('writes in any order, beside the final place, and renames on commit', async () => {
  const root = await scratchFolder();
  const sink = createFolderSink({ root });
  const file = await sink.openFile(entryOf('a/b/f.txt'));
  await file.write(5, bytes('world'));
  await file.write(0, bytes('hello'));
  expect(treeOf(root)).toEqual(['a', 'a/b', `a/b/${partName('f.txt')}`]);
  await file.flush();
  await file.commit();
  await sink.finish();
  expect(treeOf(root)).toEqual(['a', 'a/b', 'a/b/f.txt']);
  expect(await readFile(join(root, 'a/b/f.txt'), 'utf8')).toBe('helloworld');
});

it('makes empty files and empty folders', async () => {
  const root = await scratchFolder();
  const sink = createFolderSink({ root });
  await sink.makeFolder('empty/inner');
  await (await sink.openFile(entryOf('zero'))).commit();
  await sink.finish();
  expect(treeOf(root)).toEqual(['empty', 'empty/inner', 'zero']);
  expect(statSync(join(root, 'zero')).size).toBe(0);
});

it.each([
  -1, -631_152_000_123, -2_000_000_000_000, 0, 1, 1_700_000_000_123, 1_234_567_890_999, 4_102_444_800_001,
])('keeps the time %d', async (modifiedMs) => {
  const root = await scratchFolder();
  await (await createFolderSink({ root }).openFile(entryOf('f', { modifiedMs }))).commit();
  expect(modifiedMsOf(statSync(join(root, 'f'), { bigint: true }))).toBe(modifiedMs);
});

it('makes a file executable only when it is whole, within the umask', async () => {
  const root = await scratchFolder();
  const before = process.umask(0o027);
  onTestFinished(() => void process.umask(before));
  const sink = createFolderSink({ root });
  const file = await sink.openFile(entryOf('run', { executable: true }));
  expect(statSync(join(root, partName('run'))).mode & 0o777).toBe(0o600);
  await file.commit();
  await (await sink.openFile(entryOf('plain'))).commit();
  expect(statSync(join(root, 'run')).mode & 0o777).toBe(0o750);
  expect(statSync(join(root, 'plain')).mode & 0o777).toBe(0o640);
});

it('leaves zeros as a hole though another piece was under way before the first was written', async () => {
  const root = await scratchFolder();
  const piece = 256 * 1024;
  const sizeBytes = 64 * piece;
  const file = await createFolderSink({ root }).openFile(entryOf('sparse', { sizeBytes }));
  const zeros = new Uint8Array(piece);
  await Promise.all([file.write(0, bytes('begin')), file.write(piece, zeros)]);
  for (let offset = 2 * piece; offset < sizeBytes; offset += piece) await file.write(offset, zeros);
  await file.commit();
  const { size, blocks } = statSync(join(root, 'sparse'));
  expect(size).toBe(sizeBytes);
  expect(blocks * 512).toBeLessThan(4 * piece);
});

// The mode is set before the name is taken, and a large file is made durable in between.
it.skipIf(process.getuid?.() !== 0)(
  'goes on with a part that was killed when it had its mode already',
  async () => {
    const root = await scratchFolder();
    const part = join(root, partName('f'));
    await writeFile(part, 'hello', { mode: 0o444 });
    for (const path of [root, part]) await chown(path, 65_534, 65_534);
    process.seteuid!(65_534);
    onTestFinished(() => process.seteuid!(0));
    const sink = createFolderSink({ root, compares: true });
    const entry = entryOf('f', { sizeBytes: 10, mode: 0o444 });
    const file = await (await sink.findExisting!(entry, false))!.adopt();
    expect(statSync(part).mode & 0o777).toBe(0o600);
    await file.write(5, bytes('world'));
    await file.commit({ sizeBytes: 10, isIn: async () => true });
    expect(await readFile(join(root, 'f'), 'utf8')).toBe('helloworld');
    expect(statSync(join(root, 'f')).mode & 0o777).toBe(0o444);
  },
);

it('replaces a leftover part, also one that is a link', async () => {
  const root = await scratchFolder();
  await writeFile(join(root, 'victim'), 'precious');
  await writeFile(join(root, partName('one')), 'an old and longer part');
  await symlink('victim', join(root, partName('two')));
  const sink = createFolderSink({ root });
  for (const name of ['one', 'two']) {
    const file = await sink.openFile(entryOf(name));
    await file.write(0, bytes('new'));
    await file.commit();
    expect(await readFile(join(root, name), 'utf8')).toBe('new');
  }
  expect(await readFile(join(root, 'victim'), 'utf8')).toBe('precious');
});

it('never takes a name that appeared meanwhile', async () => {
  const root = await scratchFolder();
  const file = await createFolderSink({ root }).openFile(entryOf('f'));
  await file.write(0, bytes('new'));
  await writeFile(join(root, 'f'), 'theirs');
  await file.commit();
  expect(await readFile(join(root, 'f'), 'utf8')).toBe('theirs');
  expect(await readFile(join(root, 'f (1)'), 'utf8')).toBe('new');
});

it('never takes a taken name on disks without hard links either', async () => {
  const root = await scratchFolder();
  await writeFile(join(root, 'part'), 'new');
  await writeFile(join(root, 'taken'), 'theirs');
  await expect(renameToFreeName(join(root, 'part'), join(root, 'taken'))).rejects.toThrow(/EEXIST/);
  await renameToFreeName(join(root, 'part'), join(root, 'free'));
  expect(treeOf(root)).toEqual(['free', 'taken']);
  expect(await readFile(join(root, 'taken'), 'utf8')).toBe('theirs');
});

it('replaces a file that its policy lets it replace, but never what a link points to', async () => {
  const root = await scratchFolder();
  await writeFile(join(root, 'old'), 'old');
  await writeFile(join(root, 'outside'), 'precious');
  await symlink('outside', join(root, 'link'));
  const sink = createFolderSink({ root, replaces: new Set([0, 1]) });
  for (const [index, name] of ['old', 'link'].entries()) {
    const file = await sink.openFile(entryOf(name, { index }));
    await file.write(0, bytes('new'));
    await file.commit();
    expect(await readFile(join(root, name), 'utf8')).toBe('new');
  }
  expect(await readFile(join(root, 'outside'), 'utf8')).toBe('precious');
});

it('says so when another process took over the part', async () => {
  const root = await scratchFolder();
  const first = await createFolderSink({ root }).openFile(entryOf('f'));
  await first.write(0, bytes('first'));
  const second = await createFolderSink({ root }).openFile(entryOf('f'));
  await second.write(0, bytes('second'));
  await expect(first.commit()).rejects.toMatchObject({
    code: 'part-changed',
    message: expect.stringContaining('another p2p-copy'),
  });
  await first.abandon(false);
  await second.commit();
  expect(await readFile(join(root, 'f'), 'utf8')).toBe('second');
});

it('says so when the part was deleted', async () => {
  const root = await scratchFolder();
  const file = await createFolderSink({ root }).openFile(entryOf('f'));
  await unlink(join(root, partName('f')));
  await expect(file.commit()).rejects.toMatchObject({ code: 'part-changed' });
  await file.abandon(true);
  expect(treeOf(root)).toEqual([]);
});

it('keeps a part with content, and removes an empty or unwanted one', async () => {
  const root = await scratchFolder();
  const sink = createFolderSink({ root });
  for (const [name, text, keep] of [
    ['kept', 'x', true],
    ['unwanted', 'x', false],
    ['empty', '', true],
  ] as const) {
    const file = await sink.openFile(entryOf(name));
    await file.write(0, bytes(text));
    await file.abandon(keep);
    await file.abandon(keep);
  }
  expect(treeOf(root)).toEqual([partName('kept')]);
});

it('does not mistake an offered file for the part of another', async () => {
  const root = await scratchFolder();
  const part = partName('f');
  const sink = createFolderSink({ root, finalPaths: new Set(['f', part]) });
  const second = await sink.openFile(entryOf(part, { index: 1 }));
  await second.write(0, bytes('named like a part'));
  await second.commit();
  const first = await sink.openFile(entryOf('f'));
  await first.write(0, bytes('content'));
  await first.commit();
  expect(await readFile(join(root, part), 'utf8')).toBe('named like a part');
  expect(await readFile(join(root, 'f'), 'utf8')).toBe('content');
});

it('saves under another name where the plan says so', async () => {
  const root = await scratchFolder();
  const sink = createFolderSink({ root, placed: new PlacedPaths([], [[0, 'd/f (1).txt']]) });
  await (await sink.openFile(entryOf('d/f.txt'))).commit();
  expect(treeOf(root)).toEqual(['d', 'd/f (1).txt']);
});

it('takes names as long as a file system does', async () => {
  const root = await scratchFolder();
  const sink = createFolderSink({ root });
  for (const name of ['a'.repeat(255), '日'.repeat(85), `${'a'.repeat(254)}b`]) {
    const file = await sink.openFile(entryOf(name));
    await file.write(0, bytes(name));
    await file.commit();
    expect(readFileSync(join(root, name), 'utf8')).toBe(name);
  }
});

it('refuses a name that the disk does not take', async () => {
  const root = await scratchFolder();
  const sink = createFolderSink({ root });
  const impossible = { code: 'name-impossible' };
  await expect(sink.openFile(entryOf(`${'a'.repeat(300)}/f`))).rejects.toMatchObject(impossible);
  const file = await sink.openFile(entryOf('a'.repeat(300)));
  await expect(file.commit()).rejects.toMatchObject(impossible);
  await file.abandon(true);
  expect(treeOf(root)).toEqual([]);
});

it('refuses parents that are links or files', async () => {
  const root = await scratchFolder();
  const outside = await scratchFolder();
  await symlink(outside, join(root, 'link'));
  await writeFile(join(root, 'file'), '');
  const sink = createFolderSink({ root });
  for (const path of ['link/f', 'link/sub/f', 'file/f']) {
    await expect(sink.openFile(entryOf(path))).rejects.toMatchObject({ code: 'path-refused' });
  }
  await expect(sink.makeFolder('link/sub')).rejects.toMatchObject({ code: 'path-refused' });
  await expect(sink.makeFolder('file')).rejects.toMatchObject({ code: 'path-refused' });
  expect(treeOf(outside)).toEqual([]);
});

it('notices a folder that was swapped for a link between two files', async () => {
  const root = await scratchFolder();
  const outside = await scratchFolder();
  const sink = createFolderSink({ root });
  await (await sink.openFile(entryOf('d/one'))).commit();
  await rename(join(root, 'd'), join(root, 'moved'));
  await symlink(outside, join(root, 'd'));
  await expect(sink.openFile(entryOf('d/two'))).rejects.toMatchObject({ code: 'path-refused' });
  expect(treeOf(outside)).toEqual([]);
});

it('notices a folder that was swapped for a link while a file arrived', async () => {
  const root = await scratchFolder();
  const outside = await scratchFolder();
  const file = await createFolderSink({ root }).openFile(entryOf('d/f'));
  await file.write(0, bytes('x'));
  await rename(join(root, 'd'), join(root, 'moved'));
  await symlink(outside, join(root, 'd'));
  await expect(file.commit()).rejects.toMatchObject({
    code: expect.stringMatching(/path-refused|part-changed/),
  });
  await file.abandon(true);
  expect(treeOf(outside)).toEqual([]);
});

it('notices a folder that was swapped for a link to a copy of the part', async () => {
  const root = await scratchFolder();
  const outside = await scratchFolder();
  const file = await createFolderSink({ root }).openFile(entryOf('d/f'));
  await file.write(0, bytes('x'));
  await rename(join(root, 'd'), join(outside, 'd'));
  await symlink(join(outside, 'd'), join(root, 'd'));
  await expect(file.commit()).rejects.toMatchObject({ code: 'path-refused' });
  await file.abandon(true);
  expect(existsSync(join(outside, 'd/f'))).toBe(false);
});

it('works in an output folder that is reached through a link', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'real'));
  await symlink('real', join(root, 'link'));
  // As the library does: the sink gets the resolved path.
  const sink = createFolderSink({ root: await realpath(join(root, 'link')) });
  await (await sink.openFile(entryOf('d/f'))).commit();
  expect(treeOf(join(root, 'real'))).toEqual(['d', 'd/f']);
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

it.skipIf(!isRoot)('names the file for which the disk was too small (needs root to mount one)', async () => {
  const root = await scratchFolder();
  const disk = join(root, 'disk');
  await mkdir(disk);
  await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
  try {
    const file = await createFolderSink({ root: disk }).openFile(entryOf('big'));
    await expect(file.write(0, new Uint8Array(2 * 1024 * 1024).fill(1))).rejects.toMatchObject({
      code: 'no-space',
      message: '“big” cannot be written: the disk is full.',
    });
    await file.abandon(true);
    expect(treeOf(disk)).toEqual([partName('big')]);
  } finally {
    await promisify(execFile)('umount', [disk]);
    await rm(disk, { recursive: true });
  }
});

it('keeps both where a name is taken after all, and leaves alone what is equal', async () => {
  const root = await scratchFolder();
  const saved: [number, string][] = [];
  const sink = createFolderSink({
    root,
    compares: true,
    finalPaths: new Set(['d/f', 'd/f (1)', 'd/zero']),
    onSaved: (index, path) => saved.push([index, path]),
  });
  const file = await sink.openFile(entryOf('d/f'));
  await file.write(0, bytes('new'));
  const zero = await sink.openFile(entryOf('d/zero', { index: 1 }));
  await writeFile(join(root, 'd/f'), 'theirs');
  await writeFile(join(root, 'd/f (2)'), 'theirs too');
  await writeFile(join(root, 'd/zero'), '');
  await file.commit();
  await zero.commit();
  expect(saved).toEqual([[0, 'd/f (3)']]);
  expect(treeOf(root)).toEqual(['d', 'd/f', 'd/f (2)', 'd/f (3)', 'd/zero']);
  expect(await readFile(join(root, 'd/f'), 'utf8')).toBe('theirs');
});

it('finds the content of a renamed file under the name that it cannot have', async () => {
  const root = await scratchFolder();
  await writeFile(join(root, 'f'), 'there');
  const placed = new PlacedPaths([], [[0, 'f (1)']]);
  const found: [number, string][] = [];
  const onFound = (index: number, path: string) => found.push([index, path]);
  const existing = await createFolderSink({ root, placed, compares: true, onFound }).findExisting!(
    entryOf('f', { sizeBytes: 5 }),
    true,
  );
  expect(existing).toMatchObject({ isFinal: true, sizeBytes: 5 });
  expect(found).toEqual([[0, 'f']]);
  expect(
    await createFolderSink({ root, placed }).findExisting!(entryOf('f', { sizeBytes: 5 }), true),
  ).toBeNull();
});

it('gives folders their times once nothing changes in them any more, also those that were there', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'a'));
  const times = { a: 1_000_000_000_000, 'a/b': -1_000_000_000_500 };
  const folders = new Map(Object.entries(times).map(([path, modifiedMs]) => [path, { modifiedMs }]));
  const sink = createFolderSink({ root, folders });
  await sink.makeFolder('a');
  await sink.makeFolder('a/b');
  const file = await sink.openFile(entryOf('a/b/f'));
  await file.commit();
  await sink.finish();
  for (const [path, modifiedMs] of Object.entries(times))
    expect(modifiedMsOf(statSync(join(root, path), { bigint: true }))).toBe(modifiedMs);
});

it('sets no time through a link that took the place of what leads to a folder', async () => {
  const [root, elsewhere] = [await scratchFolder(), await scratchFolder()];
  await mkdir(join(elsewhere, 'b'));
  const before = statSync(join(elsewhere, 'b')).mtimeMs;
  const sink = createFolderSink({ root, folders: new Map([['a/b', { modifiedMs: 0 }]]) });
  await sink.makeFolder('a/b');
  await rm(join(root, 'a'), { recursive: true });
  await symlink(elsewhere, join(root, 'a'));
  await sink.finish();
  expect(statSync(join(elsewhere, 'b')).mtimeMs).toBe(before);
});

it('gives a file its name whatever time it is offered with', async () => {
  const root = await scratchFolder();
  const times = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -1e14, 8.64e15];
  for (const [index, modifiedMs] of times.entries()) {
    await (await createFolderSink({ root }).openFile(entryOf(`f${index}`, { index, modifiedMs }))).commit();
    expect(statSync(join(root, `f${index}`)).isFile()).toBe(true);
  }
});

it('keeps what a folder replaces until the end, also from a file whose part might be called so', async () => {
  const root = await scratchFolder();
  await writeFile(join(root, 'd'), 'mine');
  const sink = createFolderSink({ root, replacingFolders: new Set(['d']), compares: true });
  await sink.makeFolder('d');
  const [aside] = treeOf(root).filter((name) => name !== 'd');
  const other = entryOf('d (1)', { sizeBytes: 4 });
  expect(await sink.findExisting!(other, false)).toBeNull();
  const file = await sink.openFile(other);
  await file.write(0, bytes('new '));
  expect(await readFile(join(root, aside!), 'utf8')).toBe('mine');
  await file.commit();
  await sink.finish();
  expect(treeOf(root)).toEqual(['d', 'd (1)']);
});

it('leaves a link alone that stands where a file was to be replaced by a folder', async () => {
  const [root, elsewhere] = [await scratchFolder(), await scratchFolder()];
  await symlink(elsewhere, join(root, 'd'));
  const sink = createFolderSink({ root, replacingFolders: new Set(['d']) });
  await expect(sink.makeFolder('d')).rejects.toMatchObject({ code: 'path-refused' });
  await sink.finish();
  expect(treeOf(root)).toEqual(['d']);
});
