// Disks of macOS: one that takes a name composed (NFC) and lists it decomposed (HFS+, Apple TN1150, "Unicode Subtleties"), or finds it in
// either form (APFS). What an earlier attempt left is found.
import type fs from 'node:fs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createFolderSink } from '../../apps/cli/src/node/sinks/folder-sink.ts';
import { manifestOf } from '../../apps/cli/test/node/sinks/manifest-of.ts';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { ListedFolders } from '../../apps/web/src/engine/folders/listed-folders.ts';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const decomposed = Object.entries(real).map(([name, call]) => {
    if (
      typeof call !== 'function' ||
      !/^(open|lstat|stat|link|unlink|rename|mkdir|readdir|realpath)Sync$/.test(name)
    )
      return [name, call];
    const asked =
      (each: (...args: unknown[]) => unknown) =>
      (...args: unknown[]) =>
        each(...args.map((arg) => (typeof arg === 'string' ? arg.normalize('NFD') : arg)));
    return [
      name,
      Object.assign(asked(call as never), 'native' in call ? { native: asked(call.native as never) } : {}),
    ];
  });
  return { ...Object.fromEntries(decomposed), default: real };
});

const COMPOSED = 'Käse.bin';
const DECOMPOSED = COMPOSED.normalize('NFD');

it('a part and a file of a composed name are found where the disk lists it decomposed', async () => {
  const root = await scratchFolder();
  mkdirSync(join(root, 'x'));
  const [entry] = manifestOf([COMPOSED]).entries;
  const first = await createFolderSink({ root }).openFile(entry!);
  await first.write(0, new Uint8Array(100));
  await first.abandon(true);
  expect(await createFolderSink({ root }).findExisting!(entry!, false)).toMatchObject({
    sizeBytes: 100,
    isFinal: false,
  });
  const second = await createFolderSink({ root }).openFile(entry!);
  await second.write(0, new Uint8Array(50));
  await second.commit();
  expect(await createFolderSink({ root }).findExisting!(entry!, true)).toMatchObject({
    sizeBytes: 50,
    isFinal: true,
  });
});

it('the page finds a file of a composed name in a picked folder that lists it decomposed', async () => {
  const handle = (name: string) => ({ kind: 'file', name }) as FileSystemFileHandle;
  const listing = (...names: string[]) =>
    new ListedFolders({ values: () => names.map(handle).values() } as never).list('');
  expect((await listing(DECOMPOSED)).get(COMPOSED)).toEqual(handle(DECOMPOSED));
  // A disk that keeps both.
  for (const names of [
    [DECOMPOSED, COMPOSED],
    [COMPOSED, DECOMPOSED],
  ])
    expect((await listing(...names)).get(COMPOSED)).toEqual(handle(COMPOSED));
});
