import { describe, expect, test } from 'vitest';
import { fileEntry, textEntry } from '../../../src/engine/sources/blob-source.ts';

const PIECE = 256 * 1024;
/** More than is read over to come to another place. */
const MANY = 5 * 1024 * 1024;

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

test.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * MANY + 1])(
  '%d bytes are read as they are',
  async (size) => {
    const bytes = bytesOf(size);
    // A step that is more than comes at once.
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

test('reads elsewhere than at the end of the last one, and overlapping ones, give what lies there', async () => {
  const bytes = bytesOf(3 * MANY);
  const source = await fileEntry('a', new File([bytes], 'a')).open();
  const offsets = [MANY, 5, MANY + 5, 2 * MANY + 100, 0, 2 * MANY + 100 + PIECE, 3 * MANY - 10];
  const read = offsets.map(async (offset) => {
    const into = new Uint8Array(PIECE);
    return into.subarray(0, await source.read(offset, into));
  });
  expect(await Promise.all(read)).toEqual(offsets.map((offset) => bytes.slice(offset, offset + PIECE)));
});

test('a browser whose streams take no memory of others is read all the same', async () => {
  const bytes = bytesOf(2 * MANY + 1);
  const file = new File([bytes], 'a');
  file.slice = (start) => {
    const pieces = [bytes.subarray(start, MANY), bytes.subarray(Math.max(start ?? 0, MANY))];
    const part = new Blob();
    part.stream = () =>
      new ReadableStream({
        start: (controller) => {
          for (const piece of pieces) if (piece.length > 0) controller.enqueue(piece);
          controller.close();
        },
      });
    return part;
  };
  const source = await fileEntry('a', file).open();
  const into = new Uint8Array(bytes.length - 1);
  for (const [from, to] of [
    [0, 3],
    [3, MANY + 7],
    [MANY + 7, into.length],
  ]) {
    const part = into.subarray(from, to);
    expect(await source.read(from!, part)).toBe(part.length);
  }
  expect(Buffer.compare(into, bytes.subarray(0, into.length))).toBe(0);
});

describe('a file that the browser refuses to read', () => {
  /** Its stream breaks after `goodBytes`, and it can't be read any more, as when the file changed on disk. */
  function failingFile(size: number, goodBytes: number, name: string): File {
    const file = new File([bytesOf(size)], 'a');
    let isRefused = goodBytes === 0;
    const refuse = () => {
      isRefused = true;
      return Promise.reject(new DOMException('', name));
    };
    const slice = file.slice.bind(file);
    file.slice = (start, end) => {
      const part = slice(start, end);
      if (isRefused) part.arrayBuffer = refuse;
      part.stream = () =>
        new ReadableStream({
          type: 'bytes',
          pull: (controller) => {
            if (isRefused) return void controller.error(new TypeError('network error'));
            controller.enqueue(bytesOf(goodBytes));
            isRefused = true;
          },
        });
      return part;
    };
    return file;
  }

  test.each([
    ['NotReadableError', 0, 'source-unreadable'],
    ['NotReadableError', PIECE, 'source-changed'],
    ['NotFoundError', PIECE, 'source-unreadable'],
  ])('%s after %d bytes is %s', async (name, goodBytes, code) => {
    const source = await fileEntry('a', failingFile(3 * PIECE, goodBytes, name)).open();
    const reading = (async () => {
      for (let at = 0; at < 3 * PIECE; at += PIECE) await source.read(at, new Uint8Array(PIECE));
    })();
    await expect(reading).rejects.toMatchObject({ code });
    expect(await source.isUnchanged()).toBe(false);
  });

  test('one that ends before its size became shorter', async () => {
    const file = new File([bytesOf(2 * PIECE)], 'a');
    file.slice = () => new Blob([bytesOf(PIECE + 1)]);
    const source = await fileEntry('a', file).open();
    await source.read(0, new Uint8Array(PIECE));
    await expect(source.read(PIECE, new Uint8Array(PIECE))).rejects.toMatchObject({ code: 'source-changed' });
  });
});

test('a message is its bytes in UTF-8', async () => {
  const entry = textEntry('Grüße 👋');
  expect([entry.kind, entry.sizeBytes]).toEqual(['text', 12]);
  const into = new Uint8Array(12);
  await (await entry.open()).read(0, into);
  expect(new TextDecoder().decode(into)).toBe('Grüße 👋');
});
