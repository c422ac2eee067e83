import type { ManifestEntry } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import { MemoryFiles } from '../../../src/engine/sinks/memory-files.ts';
import { entriesInZip } from '../zip/entries-in-zip.ts';

const TIME_MS = 1_700_000_000_000;

function entry(path: string): ManifestEntry {
  return { index: 0, kind: 'file', path, sizeBytes: null, modifiedMs: TIME_MS, executable: false };
}

async function received(files: MemoryFiles, path: string, ...pieces: [offset: number, bytes: Uint8Array][]) {
  const sink = await files.openFile(entry(path));
  for (const [offset, bytes] of pieces) await sink.write(offset, bytes);
  await sink.commit();
}

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

test('a file is what was written, in the order of its offsets', async () => {
  const files = new MemoryFiles(100);
  await received(files, 'a/b.txt', [3, Uint8Array.of(4, 5)], [0, Uint8Array.of(1, 2, 3)]);
  const file = await files.open('a/b.txt');
  expect([...(await bytesOf(file))]).toEqual([1, 2, 3, 4, 5]);
  expect(file).toMatchObject({ name: 'b.txt', lastModified: TIME_MS });
  expect(files.shown).toMatchObject({
    place: 'memory',
    files: [{ path: 'a/b.txt', sizeBytes: 5 }],
    hasFolders: true,
  });
});

test('no more is held than was said, and what is given up makes room again', async () => {
  const files = new MemoryFiles(10);
  const sink = await files.openFile(entry('a'));
  await sink.write(0, new Uint8Array(10));
  await expect(sink.write(10, new Uint8Array(1))).rejects.toMatchObject({ code: 'no-space' });
  await sink.abandon(true);
  expect(files.isEmpty).toBe(true);
  await received(files, 'a', [0, new Uint8Array(10)]);
  await expect(received(files, 'b', [0, new Uint8Array(1)])).rejects.toMatchObject({ code: 'no-space' });
  files.release();
  await received(files, 'b', [0, new Uint8Array(10)]);
});

test('the .zip holds every byte, what runs, and times, of folders too', async () => {
  const files = new MemoryFiles(10_000_000);
  await files.makeFolder('f', { modifiedMs: TIME_MS + 1000, mode: 0o750 });
  // One that is read in several pieces, one in one, and an empty one.
  const contents = { 'f/large': 2_500_000, 'f/small': 3, 'f/none': 0 };
  const expected: Record<string, object> = {
    'f/': { content: '', mode: '40750', seconds: TIME_MS / 1000 + 1 },
  };
  for (const [path, sizeBytes] of Object.entries(contents)) {
    const content = new Uint8Array(sizeBytes).map((_, i) => (i * 31) >> 3);
    const sink = await files.openFile({ ...entry(path), executable: path === 'f/small' });
    await sink.write(0, content);
    await sink.commit();
    const mode = path === 'f/small' ? '100755' : '100644';
    expected[path] = { content: Buffer.from(content).toString('latin1'), mode, seconds: TIME_MS / 1000 };
  }
  const progress: number[] = [];
  const zip = await bytesOf(await files.zip((bytes) => progress.push(bytes)));
  expect(entriesInZip(Buffer.from(zip))).toMatchObject(expected);
  expect(progress.at(-1)).toBe(2_500_003);
});
