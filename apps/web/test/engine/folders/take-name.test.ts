// A name in a picked folder is given to one file, whatever other programs do there meanwhile; and a part has one owner.
import { partName } from '@p2p-copy/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { ownPartName, partTagOf } from '../../../src/engine/folders/own-part.ts';
import { takeName } from '../../../src/engine/folders/take-name.ts';

/** A folder on a disk: a rename never replaces, as in Chromium outside of its own storage. */
class DiskFolder {
  readonly files = new Map<string, string>();
  /** What another program does at the moment of a rename. */
  readonly meanwhile: (() => void)[] = [];

  get handle(): FileSystemDirectoryHandle {
    return this as unknown as FileSystemDirectoryHandle;
  }

  async getFileHandle(name: string, { create = false } = {}) {
    if (!this.files.has(name)) {
      if (!create) throw new DOMException('', 'NotFoundError');
      this.files.set(name, '');
    }
    return this.fileAt(name);
  }

  async removeEntry(name: string) {
    if (!this.files.delete(name)) throw new DOMException('', 'NotFoundError');
  }

  fileAt(name: string, canMove = true) {
    const { files, meanwhile } = this;
    const handle = {
      kind: 'file',
      name,
      getFile: async () => new File([files.get(name)!], name, { lastModified: 1 }),
      createWritable: async () =>
        new WritableStream<Uint8Array>({
          write: (bytes) => void files.set(name, files.get(name)! + new TextDecoder().decode(bytes)),
        }),
      move: async (to: string) => {
        meanwhile.shift()?.();
        if (files.has(to)) throw new DOMException('', 'InvalidModificationError');
        files.set(to, files.get(name)!);
        files.delete(name);
      },
    };
    return (canMove ? handle : { ...handle, move: undefined }) as unknown as FileSystemFileHandle;
  }
}

let folder: DiskFolder;
beforeEach(() => {
  folder = new DiskFolder();
  const request = async (_: string, act: () => unknown) => act();
  vi.stubGlobal('navigator', { locks: { request } });
});

async function take(part: string, content: string, canMove = true): Promise<void> {
  folder.files.set(part, content);
  const handle = folder.fileAt(part, canMove);
  await takeName({ folder: folder.handle, part: handle, file: await handle.getFile() }, 'a.txt');
}

test.each([true, false])('a free name is taken, a taken one numbered (by rename: %s)', async (canMove) => {
  await take('part', 'ours', canMove);
  await take('part', 'next', canMove);
  expect([...folder.files]).toEqual([
    ['a.txt', 'ours'],
    ['a (1).txt', 'next'],
  ]);
});

test('a name that another program takes at the moment of the rename is left to it', async () => {
  folder.meanwhile.push(() => folder.files.set('a.txt', 'theirs'));
  await take('part', 'ours');
  expect(Object.fromEntries(folder.files)).toEqual({ 'a.txt': 'theirs', 'a (1).txt': 'ours' });
});

test('a name that is taken each time is sought until one is free, and nothing is overwritten', async () => {
  for (let i = 0; i < 40; i += 1)
    folder.meanwhile.push(() => folder.files.set(i === 0 ? 'a.txt' : `a (${i}).txt`, 'theirs'));
  await take('part', 'ours');
  const whose = [...folder.files.values()];
  expect(whose.filter((content) => content === 'ours')).toHaveLength(1);
  expect(whose.filter((content) => content === 'theirs')).toHaveLength(10);
});

test('an empty file needs no second one', async () => {
  folder.files.set('a.txt', '');
  await take('part', '');
  expect([...folder.files]).toEqual([['a.txt', '']]);
});

test('a part that changed since it was checked gets no name', async () => {
  folder.files.set('part', 'other');
  const handle = folder.fileAt('part');
  const file = new File(['ours'], 'part', { lastModified: 1 });
  const taking = takeName({ folder: folder.handle, part: handle, file }, 'a.txt');
  await expect(taking).rejects.toMatchObject({ code: 'part-changed' });
  expect([...folder.files.keys()]).toEqual(['part']);
});

test('no two transfers have a part of one name, and no other program’s is called so', () => {
  const ids = Array.from({ length: 100 }, () => crypto.randomUUID());
  const names = ['a', 'report.pdf', 'x'.repeat(255)];
  const parts = names.flatMap((name) => [
    partName(name),
    // The command line's.
    ...[2, 3].map((slot) => partName(partName(`${name}.${slot}`))),
    ...ids.map((id) => ownPartName(partTagOf(id, null), name)),
  ]);
  expect(new Set(parts).size).toBe(parts.length);
  for (const part of parts) {
    expect(part).toMatch(/\.p2p\.part$/);
    expect(new TextEncoder().encode(part).length).toBeLessThanOrEqual(255);
  }
});

test('a transfer that an older page began finds its part under the name that it had', () => {
  const id = crypto.randomUUID();
  expect(ownPartName(partTagOf(id, {}), 'a')).toBe('a.p2p.part');
  expect(ownPartName(partTagOf(id, { ownParts: true }), 'a')).toBe(ownPartName(partTagOf(id, null), 'a'));
});
