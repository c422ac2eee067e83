// Windows: a scanner holds what stands in the place of a folder or a link for a moment. MoveFileEx and DeleteFile give ERROR_SHARING_VIOLATION meanwhile,
// which is EBUSY, or ERROR_ACCESS_DENIED, which is EPERM (libuv src/win/error.c). By the rules of Windows, in this process.
import type fs from 'node:fs';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DiskRefusals } from '../../apps/cli/src/node/parts/disk-refusals.ts';
import { createFolderSink } from '../../apps/cli/src/node/sinks/folder-sink.ts';
import { withLinks } from '../../apps/cli/src/node/sinks/make-links.ts';
import { ReplacedFiles } from '../../apps/cli/src/node/sinks/replaced-files.ts';
import { manifestOf } from '../../apps/cli/test/node/sinks/manifest-of.ts';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';

const HELD_TRIES = 3;
/** How often each call was refused, by call and first path. */
const refused = vi.hoisted(() => new Map<string, number>());
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const held = (syscall: string, call: (...args: string[]) => unknown) =>
    function heldFor(...args: string[]): unknown {
      const key = `${syscall} ${args[0]}`;
      const count = (refused.get(key) ?? 0) + 1;
      const isOfPart = /\.p2p\.part$/.test(args[0]!) && !/\.p2p\.part\.p2p\.part$/.test(args[0]!);
      if (count > HELD_TRIES || isOfPart) return call(...args);
      refused.set(key, count);
      const code = count % 2 ? 'EBUSY' : 'EPERM';
      throw Object.assign(new Error(code), { code, errno: -1, syscall });
    };
  const renameSync = held('rename', real.renameSync as never);
  const unlinkSync = held('unlink', real.unlinkSync as never);
  return { ...real, renameSync, unlinkSync, default: real };
});

const { platform } = process;
beforeEach(() => {
  refused.clear();
  Object.defineProperty(process, 'platform', { value: 'win32' });
});
afterEach(() => void Object.defineProperty(process, 'platform', { value: platform }));

/** A file stands where the offer has a folder with two files. */
async function scene() {
  const root = await scratchFolder();
  writeFileSync(join(root, 'd'), 'mine');
  const { entries } = manifestOf(['d/', 'd/a', 'd/b']);
  const replaced = new ReplacedFiles();
  const sink = createFolderSink({ root, replaced, replacingFolders: new Set(['d']) });
  return { root, entries, replaced, sink };
}

it('a folder that replaces a held file waits for it, and sets it aside once, whatever is opened meanwhile', async () => {
  const { root, entries, sink } = await scene();
  const parts = await Promise.all([sink.openFile(entries[1]!), sink.openFile(entries[2]!)]);
  expect(refused.get(`rename ${join(root, 'd')}`)).toBe(HELD_TRIES);
  expect(readdirSync(root)).toHaveLength(2);
  for (const part of parts) {
    await part.write(0, Buffer.from('came'));
    await part.commit();
  }
  await sink.finish();
  expect(readdirSync(root)).toEqual(['d']);
  expect(readdirSync(join(root, 'd')).sort()).toEqual(['a', 'b']);
});

it('a held file that is put back has one name after that', async () => {
  const { root, entries, sink, replaced } = await scene();
  await sink.makeFolder(entries[0]!.path);
  await replaced.putBack();
  expect(readdirSync(root)).toEqual(['d']);
  expect(readFileSync(join(root, 'd'), 'utf8')).toBe('mine');
  expect(replaced.inWords()).toBeNull();
});

it('what becomes a folder while it is waited for is none that is set aside', async () => {
  const { root, replaced } = await scene();
  const waiting = replaced.setAside(join(root, 'd'), 'd');
  const { rmSync } = await vi.importActual<typeof fs>('node:fs');
  rmSync(join(root, 'd'));
  mkdirSync(join(root, 'd/theirs'), { recursive: true });
  await waiting;
  expect(readdirSync(root)).toEqual(['d']);
  expect(readdirSync(join(root, 'd'))).toEqual(['theirs']);
});

it('a link that replaces a held file waits for it, and leaves nothing beside it', async () => {
  const root = await scratchFolder();
  writeFileSync(join(root, 'l'), 'mine');
  writeFileSync(join(root, 'to'), 'what has arrived');
  const link = { index: 0, path: 'l', target: 'to', isFolder: false, mayReplace: true };
  const refusals = new DiskRefusals();
  const options = { root, links: [link], finalPaths: new Set(['l']), refusals, onSaved() {} };
  await withLinks(createFolderSink({ root }), options).finish();
  expect(readdirSync(root)).toEqual(['l', 'to']);
  expect(lstatSync(join(root, 'l')).isSymbolicLink() && readlinkSync(join(root, 'l'))).toBe('to');
  expect(refusals.settings).toEqual([]);
});
