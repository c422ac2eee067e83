// What a file that lies in memory gives at once: the same bytes as otherwise, and turns of the event loop in between.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { liesInMemory } from '../../../src/node/disk/in-memory.ts';
import { fileEntry } from '../../../src/node/sources/file-source.ts';
import { sampleOf } from '../../../src/node/sources/offered-sample.ts';
import { scratchFolder } from '../../scratch.ts';

const IN_MEMORY = '/dev/shm';
const CHUNK_BYTES = 256 * 1024;
const CONTENT = Buffer.from(Array.from({ length: 8 * CHUNK_BYTES + 10 }, (_, i) => i % 251));

async function opened(parent: string, content = CONTENT) {
  const file = join(await scratchFolder(parent), 'f');
  writeFileSync(file, content);
  const source = await fileEntry(file, 'f', statSync(file, { bigint: true })).open();
  onTestFinished(() => source.close());
  return source;
}

it.runIf(existsSync(IN_MEMORY))(
  'reads at once what lies in memory, and not for long without a turn',
  async () => {
    const source = await opened(IN_MEMORY);
    const chunk = new Uint8Array(CHUNK_BYTES);
    const lengths: (number | null)[] = [];
    for (let offset = 0; offset <= CONTENT.length; offset += CHUNK_BYTES) {
      const length = source.readAtOnce!(offset, chunk);
      lengths.push(length);
      if (length === null) continue;
      expect(Buffer.compare(chunk.subarray(0, length), CONTENT.subarray(offset, offset + length))).toBe(0);
    }
    const whole = CHUNK_BYTES;
    expect(lengths).toEqual([whole, whole, whole, null, whole, whole, whole, null, 10]);
  },
);

it.runIf(!liesInMemory(tmpdir()))('waits for a disk in another thread', async () => {
  expect((await opened(tmpdir())).readAtOnce).toBeUndefined();
});

it.runIf(existsSync(IN_MEMORY))('makes nothing of that for each small file', async () => {
  expect((await opened(IN_MEMORY, CONTENT.subarray(0, 1000))).readAtOnce).toBeUndefined();
});

it('a file whose place a pipe has taken is another one, and waits for nobody to write', {
  timeout: 20_000,
}, async () => {
  const path = join(await scratchFolder(), 'f');
  writeFileSync(path, CONTENT);
  const sample = await sampleOf(path, CONTENT.length);
  rmSync(path);
  execFileSync('mkfifo', [path]);
  expect(await sampleOf(path, CONTENT.length)).not.toBe(sample);
});
