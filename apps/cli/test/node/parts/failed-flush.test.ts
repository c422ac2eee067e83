// A flush that fails: some systems take what was to be flushed for written then (Linux marks its pages clean), so that the next flush succeeds and
// says nothing.
import type fs from 'node:fs';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TransferError } from '@p2p-copy/core';
import { expect, it, vi } from 'vitest';
import { createFolderSink } from '../../../src/node/sinks/folder-sink.ts';
import { scratchFolder } from '../../scratch.ts';
import { entryOf } from '../sinks/manifest-of.ts';

const calls = vi.hoisted(() => ({ made: [] as string[], failing: null as string | null }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const flush =
    (name: 'fsync' | 'fdatasync') =>
    (descriptor: number, done: (error: Error | null) => void): void => {
      calls.made.push('flush');
      const code = calls.failing;
      calls.failing = null;
      if (code === null) real[name](descriptor, done);
      else process.nextTick(done, Object.assign(new Error(code), { code, errno: -5, syscall: name }));
    };
  const noted = <Call extends (...args: never[]) => unknown>(name: string, call: Call) =>
    ((...args: Parameters<Call>) => {
      calls.made.push(name);
      return call(...args);
    }) as Call;
  const changed = {
    fsync: flush('fsync'),
    fdatasync: flush('fdatasync'),
    writeSync: noted('write', real.writeSync as never),
    linkSync: noted('name', real.linkSync),
  };
  return { ...real, ...changed, statfsSync: () => ({ type: 0 }), default: real };
});

const CONTENT = Buffer.from('the only copy');
const expected = {
  sizeBytes: CONTENT.length,
  isIn: async (part: { read(offset: number, into: Uint8Array): Promise<number> }) => {
    const found = Buffer.alloc(CONTENT.length);
    return (await part.read(0, found)) === CONTENT.length && found.equals(CONTENT);
  },
};

async function opened() {
  const root = await scratchFolder(tmpdir());
  const part = await createFolderSink({ root }).openFile(entryOf('f', { sizeBytes: CONTENT.length }));
  await part.write(0, CONTENT);
  calls.made.length = 0;
  return { part, path: join(root, 'f') };
}

it.each(['EIO', 'ENOSPC', 'EDQUOT'])(
  'content whose flush failed with %s is written anew before a flush that succeeds counts',
  async (code) => {
    const { part, path } = await opened();
    calls.failing = code;
    await expect(part.commit(expected)).rejects.toThrow(TransferError);
    expect(existsSync(path)).toBe(false);
    await part.commit(expected);
    expect(calls.made).toEqual(['flush', 'write', 'flush', 'name']);
    expect(readFileSync(path)).toEqual(CONTENT);
  },
);

it('so it is when a flush failed before the end, of content whose digest nobody knows, too', async () => {
  const { part, path } = await opened();
  calls.failing = 'EIO';
  await expect(part.flush()).rejects.toThrow(TransferError);
  await part.flush();
  await part.commit();
  expect(calls.made).toEqual(['flush', 'flush', 'write', 'flush', 'name']);
  expect(readFileSync(path)).toEqual(CONTENT);
});

it('a disk that knows no flush has its content written once', async () => {
  const { part } = await opened();
  calls.failing = 'EINVAL';
  await part.commit(expected);
  expect(calls.made).toEqual(['flush', 'name']);
});
