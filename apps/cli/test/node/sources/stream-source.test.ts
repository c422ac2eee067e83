import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { streamEntry } from '../../../src/node/sources/stream-source.ts';

it('gives a stream as full buffers, however it was cut', async () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), async (given, size) => {
      const source = await streamEntry(() => Readable.from(given.map((piece) => Buffer.from(piece)))).open();
      const whole = Buffer.concat(given);
      const into = new Uint8Array(size);
      for (let offset = 0; ; offset += size) {
        const count = await source.read(offset, into);
        expect(count).toBe(Math.min(size, whole.length - offset));
        expect(Buffer.from(into.subarray(0, count))).toEqual(whole.subarray(offset, offset + count));
        if (count < size) break;
      }
    }),
  );
});

it('has a name, and no size or time', () => {
  const entry = streamEntry(() => Readable.from([]));
  expect(entry).toMatchObject({ kind: 'file', path: 'stdin', sizeBytes: null, modifiedMs: null });
});

it('refuses to go back, and to be opened twice', async () => {
  const entry = streamEntry(() => Readable.from([Buffer.from('abc')]));
  const source = await entry.open();
  await source.read(0, new Uint8Array(2));
  await expect(source.read(0, new Uint8Array(2))).rejects.toMatchObject({ code: 'source-unreadable' });
  await expect(entry.open()).rejects.toMatchObject({ code: 'source-unreadable' });
});

it('tells a failing stream from one that ended', async () => {
  const stream = new PassThrough();
  const source = await streamEntry(() => stream).open();
  stream.write('abc');
  setImmediate(() => stream.destroy(new Error('the tape tore')));
  await expect(source.read(0, new Uint8Array(10))).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringContaining('the tape tore'),
  });
});
