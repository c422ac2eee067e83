import { describe, expect, test } from 'vitest';
import { fileEntry, textEntry } from '../../src/engine/blob-source.ts';

const SLICE = 4 * 1024 * 1024;

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
}

async function readAll(bytes: Uint8Array<ArrayBuffer>, step: number): Promise<Uint8Array> {
  const source = await fileEntry('a', new File([bytes], 'a')).open();
  const read = new Uint8Array(bytes.length);
  for (let at = 0; at < read.length; at += step) {
    const into = new Uint8Array(step);
    const length = await source.read(at, into);
    read.set(into.subarray(0, length), at);
  }
  await source.close();
  return read;
}

test.each([0, 1, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE + 1])(
  '%d bytes are read as they are',
  async (size) => {
    const bytes = bytesOf(size);
    // A step that doesn't divide a slice reads across its edge.
    for (const step of [256 * 1024, 300_001]) {
      expect(Buffer.compare(await readAll(bytes, step), bytes)).toBe(0);
    }
  },
);

describe('a read past the end', () => {
  test.each([
    [0, 10, 5],
    [3, 10, 2],
    [5, 10, 0],
    [99, 10, 0],
  ])('at %d gives %d bytes of 5 at most: %d', async (offset, length, expected) => {
    const source = await fileEntry('a', new File([bytesOf(5)], 'a')).open();
    expect(await source.read(offset, new Uint8Array(length))).toBe(expected);
  });
});

describe('a file that the browser refuses to read', () => {
  /** Fails from the nth slice on, as a browser does when the file changed on disk. */
  function failingFile(size: number, goodSlices: number, name: string): File {
    const file = new File([bytesOf(size)], 'a');
    const slice = file.slice.bind(file);
    let slices = 0;
    file.slice = (start, end) => {
      const part = slice(start, end);
      if (slices++ >= goodSlices) part.arrayBuffer = () => Promise.reject(new DOMException('', name));
      return part;
    };
    return file;
  }

  test.each([
    ['NotReadableError', 0, 'source-unreadable'],
    ['NotReadableError', 1, 'source-changed'],
    ['NotFoundError', 1, 'source-unreadable'],
  ])('%s after %d slices is %s', async (name, goodSlices, code) => {
    const source = await fileEntry('a', failingFile(3 * SLICE, goodSlices, name)).open();
    const reading = (async () => {
      for (let at = 0; at < 3 * SLICE; at += SLICE) await source.read(at, new Uint8Array(SLICE));
    })();
    await expect(reading).rejects.toMatchObject({ code });
    expect(await source.isUnchanged()).toBe(false);
  });
});

test('a message is its bytes in UTF-8', async () => {
  const entry = textEntry('Grüße 👋');
  expect([entry.kind, entry.sizeBytes]).toEqual(['text', 12]);
  const into = new Uint8Array(12);
  await (await entry.open()).read(0, into);
  expect(new TextDecoder().decode(into)).toBe('Grüße 👋');
});
