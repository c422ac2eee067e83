// What each file costs the disks, in calls of the system: counted rather than timed. Small files are many; who needs
// another call for each has to say so here.
import { randomBytes } from 'node:crypto';
import type fs from 'node:fs';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { liesInMemory } from '../../../src/node/disk/in-memory.ts';
import { createFolderSink } from '../../../src/node/sinks/folder-sink.ts';
import { lookUpPaths } from '../../../src/node/sources/named-paths.ts';
import { scanPaths } from '../../../src/node/sources/scan-paths.ts';
import { scratchFolder } from '../../scratch.ts';
import { entryOf } from './manifest-of.ts';

const FILES = 20;
const SIZE_BYTES = 4096;
const calls = vi.hoisted(() => new Map<string, number>());

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const counted = (name: string, call: (...args: unknown[]) => unknown) => {
    const counting = (...args: unknown[]) => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      return call(...args);
    };
    // What `promisify` goes by.
    for (const key of Object.getOwnPropertySymbols(call)) {
      Object.defineProperty(counting, key, Object.getOwnPropertyDescriptor(call, key)!);
    }
    if ('native' in call) Object.assign(counting, { native: counted(name, call.native as typeof call) });
    return counting;
  };
  const all = Object.entries(real).map(([name, value]) => [
    name,
    typeof value === 'function' && /^[a-z]/.test(name) ? counted(name, value as never) : value,
  ]);
  return { ...Object.fromEntries(all), default: real };
});

const countedSince = async (action: () => Promise<void>) => {
  calls.clear();
  await action();
  return Object.fromEntries(calls);
};
const each = (...names: string[]) => Object.fromEntries(names.map((name) => [name, FILES]));

it('asks the receiving disk for little for each small file', async () => {
  const root = await scratchFolder();
  const entries = Array.from({ length: FILES }, (_, index) =>
    entryOf(`tree/${index}`, { index, sizeBytes: SIZE_BYTES, modifiedMs: 1_700_000_000_000 }),
  );
  const content = randomBytes(SIZE_BYTES);
  const sync = liesInMemory(root) ? 'fsyncSync' : 'fsync';
  const asked = await countedSince(async () => {
    const sink = createFolderSink({ root });
    await sink.makeFolder('tree');
    for (const entry of entries) expect(await sink.findExisting!(entry, true)).toBeNull();
    for (const entry of entries) {
      const file = await sink.openFile(entry);
      await file.write(0, content);
      await file.commit();
    }
  });
  expect(asked).toEqual({
    statfsSync: 1,
    mkdirSync: 1,
    readdirSync: 1,
    ...each(
      'openSync',
      'writeSync',
      'fchmodSync',
      'futimesSync',
      sync,
      'linkSync',
      'unlinkSync',
      'closeSync',
    ),
    // Whether the part is still this one, before and after it gets its name.
    lstatSync: 2 * FILES,
    // How this end left it, and whether it still is: after the write, and around a sync that is waited for.
    fstatSync: (sync === 'fsync' ? 4 : 2) * FILES,
    // Where the folder is: before the part is made, and before the file gets its name.
    realpathSync: 2 * FILES,
  });
});

const PLACES = [
  { place: 'disk', folder: tmpdir() },
  { place: 'memory', folder: '/dev/shm' },
].filter(({ folder }) => existsSync(folder));

it.each(PLACES)('asks the sending $place for little for each small file', async ({ folder }) => {
  const root = await scratchFolder(folder);
  const tree = join(root, 'tree');
  await mkdir(tree);
  for (let i = 0; i < FILES; i += 1) await writeFile(join(tree, String(i)), randomBytes(SIZE_BYTES));
  const named = await lookUpPaths([tree]);
  const signal = new AbortController().signal;
  const asked = await countedSince(async () => {
    const entries = await scanPaths(named, { signal, onWarning: () => {} });
    for (const entry of entries.filter(({ kind }) => kind === 'file')) {
      const source = await entry.open();
      expect(await source.read(0, new Uint8Array(SIZE_BYTES))).toBe(SIZE_BYTES);
      expect(await source.isUnchanged()).toBe(true);
      await source.close();
    }
  });
  // Looked at, which tells that its owner may read it; opened, asked where it lies, read, looked at again by descriptor and by name, closed.
  const besides = { ...each('openSync', 'readlinkSync', 'fstatSync', 'closeSync') };
  const inMemory = { ...besides, ...each('readSync'), lstatSync: 2 * FILES };
  const onDisk = { ...besides, ...each('lstat', 'read', 'lstatSync') };
  // A device is asked once where it is; the temporary folder may lie in memory, too.
  const { statfsSync = 0, ...ofFiles } = asked;
  expect(statfsSync).toBeLessThanOrEqual(1);
  expect(ofFiles).toEqual(liesInMemory(root) ? inMemory : onDisk);
});
