// The worker stands in dist: build first.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Zstd } from '@p2p-copy/core';
import { describe, expect, it } from 'vitest';
import { loadZstd, nativeZstd, threadProgram, WorkerZstd } from '../../../src/node/zstd/node-zstd.ts';

const isBuilt = existsSync(fileURLToPath(new URL('../../../dist/zstd-worker.cjs', import.meta.url)));
const native = nativeZstd();
const program = isBuilt ? await threadProgram() : '';
const KINDS: [string, boolean, () => Zstd][] = [
  ['in a worker thread (needs a build)', isBuilt, () => new WorkerZstd(program)],
  ['of Node (needs 22.15)', native !== null, () => native!],
];

describe.each(KINDS)('zstd %s', (_name, isThere, create) => {
  it.skipIf(!isThere)('gives back what it took', async () => {
    const zstd = create();
    for (const size of [1, 1000, 262_143, 262_144, 262_145, 1_000_000]) {
      const bytes = Buffer.from('all work and no play '.repeat(size / 21 + 1)).subarray(0, size);
      const frame = await zstd.compress(bytes);
      expect(frame.length).toBeLessThan(Math.max(64, size / 10));
      expect(Buffer.from(await zstd.decompress(frame, size)).equals(bytes)).toBe(true);
    }
  });

  it.skipIf(!isThere)('leaves its input alone, and runs several jobs at once', async () => {
    const zstd = create();
    const whole = Buffer.alloc(100_000, 'abcdefg');
    const views = Array.from({ length: 10 }, (_, i) => whole.subarray(i * 10_000, (i + 1) * 10_000));
    const frames = await Promise.all(views.map((view) => zstd.compress(view)));
    expect(whole.equals(Buffer.alloc(100_000, 'abcdefg'))).toBe(true);
    const back = await Promise.all(frames.map((frame) => zstd.decompress(frame, 10_000)));
    expect(Buffer.concat(back).equals(whole)).toBe(true);
  });

  it.skipIf(!isThere)('throws on what is corrupt, cut, or of another size', async () => {
    const zstd = create();
    const frame = Buffer.from(await zstd.compress(Buffer.alloc(5000, 'x')));
    await expect(zstd.decompress(frame.subarray(0, -1), 5000)).rejects.toThrow();
    await expect(zstd.decompress(frame, 4999)).rejects.toThrow();
    await expect(zstd.decompress(frame, 5001)).rejects.toThrow();
    await expect(zstd.decompress(Buffer.from('no frame at all'), 15)).rejects.toThrow();
    await expect(zstd.decompress(Buffer.alloc(0), 0)).rejects.toThrow();
    const flipped = Buffer.from(frame);
    flipped[0]! ^= 1;
    await expect(zstd.decompress(flipped, 5000)).rejects.toThrow();
    // And works on.
    expect(await zstd.decompress(frame, 5000)).toHaveLength(5000);
  });
});

it('refuses every job once its thread has ended, and none waits for ever', async () => {
  const zstd = new WorkerZstd('process.exit(0)');
  await expect(zstd.compress(Buffer.alloc(10))).rejects.toThrow('the zstd thread ended');
  await expect(zstd.compress(Buffer.alloc(10))).rejects.toThrow('the zstd thread ended');
});

it.skipIf(!isBuilt && native === null)('loads once for the process, however often it is asked', async () => {
  const all = await Promise.all([loadZstd(), loadZstd()]);
  expect(all[0]).toBe(all[1]);
  expect(await loadZstd()).toBe(all[0]);
});
