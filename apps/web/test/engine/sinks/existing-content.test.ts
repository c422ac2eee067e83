import type { ByteSink, ManifestEntry } from '@p2p-copy/core';
import { describe, expect, test, vi } from 'vitest';
import { ListedFolders } from '../../../src/engine/folders/listed-folders.ts';
import { findExisting } from '../../../src/engine/sinks/existing-content.ts';
import { asHandle, MemoryDirectory, MemoryFile } from './memory-handles.ts';

const ENTRY: ManifestEntry = {
  index: 0,
  kind: 'file',
  path: 'in/a.txt',
  sizeBytes: 5,
  modifiedMs: null,
  executable: false,
};

const sink = { abandon: vi.fn(), write: vi.fn() } as unknown as ByteSink;
const ports = { openNew: vi.fn(async () => sink), reopen: vi.fn(async () => sink) };

async function found(...files: MemoryFile[]) {
  const root = asHandle(new MemoryDirectory('', new MemoryDirectory('in', ...files)));
  return findExisting(
    await new ListedFolders(root).list('in'),
    { part: 'a.txt.p2p.part', final: 'a.txt' },
    ENTRY,
    true,
    ports,
  );
}

describe('of an offered file', () => {
  test.each<[what: string, files: MemoryFile[], name: string | null, isFinal: boolean | null]>([
    ['nothing', [], null, null],
    ['another name', [new MemoryFile('b.txt', 'hello', 1)], null, null],
    ['an empty part', [new MemoryFile('a.txt.p2p.part', '', 1)], null, null],
    ['a part', [new MemoryFile('a.txt.p2p.part', 'he', 1)], 'a.txt.p2p.part', false],
    ['a final', [new MemoryFile('a.txt', 'hello', 1)], 'a.txt', true],
    [
      'a part newer than a final',
      [new MemoryFile('a.txt', 'old', 1), new MemoryFile('a.txt.p2p.part', 'he', 2)],
      'a.txt.p2p.part',
      false,
    ],
    [
      'a final newer than a part',
      [new MemoryFile('a.txt', 'new', 2), new MemoryFile('a.txt.p2p.part', 'he', 1)],
      'a.txt',
      true,
    ],
    [
      'finals of which a later one has its size',
      [new MemoryFile('a.txt', 'no', 1), new MemoryFile('a (1).txt', 'hello', 1)],
      'a (1).txt',
      true,
    ],
  ])('%s is found', async (_, files, name, isFinal) => {
    const existing = await found(...files);
    expect(existing?.name ?? null).toBe(name);
    expect(existing?.content.isFinal ?? null).toBe(isFinal);
  });

  test('a part that changed since is not taken over', async () => {
    const part = new MemoryFile('a.txt.p2p.part', 'he', 1);
    const existing = await found(part);
    part.file = new File(['other'], part.name);
    await expect(existing!.content.adopt()).rejects.toMatchObject({ code: 'part-changed' });
    expect(ports.reopen).not.toHaveBeenCalled();
  });

  test('a final is copied, no longer than the entry', async () => {
    const existing = await found(new MemoryFile('a.txt', 'hello, world', 1));
    await existing!.content.adopt();
    expect(sink.write).toHaveBeenCalledWith(0, new TextEncoder().encode('hello'));
  });
});

test('a folder is read once until something is written, an absent one not at all', async () => {
  const root = new MemoryDirectory('', new MemoryDirectory('in'));
  const listed = new ListedFolders(asHandle(root));
  for (const path of ['in', 'absent', 'absent/deep', 'in']) expect((await listed.list(path)).size).toBe(0);
  expect(root.reads).toBe(1);
  listed.forget();
  await listed.list('in');
  expect(root.reads).toBe(2);
});
