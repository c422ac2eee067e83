import type { ManifestEntry } from '@p2p-copy/core';
import { makeZip } from 'client-zip';
import { expect, test } from 'vitest';
import { MemoryFiles } from '../../../src/engine/sinks/memory-files.ts';

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

test('the .zip is what client-zip makes, byte by byte', async () => {
  const files = new MemoryFiles(10_000_000);
  // One that is read in several pieces, one in one, and an empty one.
  const contents = { 'f/large': 2_500_000, 'f/small': 3, 'f/none': 0 };
  await files.makeFolder('f');
  const input = [];
  for (const [path, sizeBytes] of Object.entries(contents)) {
    const content = new Uint8Array(sizeBytes).map((_, i) => (i * 31) >> 3);
    await received(files, path, [0, content]);
    input.push({ name: path, input: content, lastModified: new Date(TIME_MS) });
  }
  const progress: number[] = [];
  const zip = await bytesOf(await files.zip((bytes) => progress.push(bytes)));
  const expected = await bytesOf(await new Response(makeZip(input)).blob());
  // Before the first file stands the folder, whose time is that of packing.
  expect(Buffer.from(zip.subarray(0, 4)).toString('latin1')).toBe('PK\x03\x04');
  const start = Buffer.from(zip).indexOf('f/large') - 30;
  const end = Buffer.from(expected).indexOf('PK\x01\x02', undefined, 'latin1');
  expect(Buffer.from(zip.subarray(start, start + end)).equals(Buffer.from(expected.subarray(0, end)))).toBe(
    true,
  );
  expect(progress.at(-1)).toBe(2_500_003);
});
