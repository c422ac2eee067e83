import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createWritableSink } from '../../../src/node/sinks/writable-sink.ts';
import { entryOf } from './manifest-of.ts';

function collector() {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(piece, _encoding, done) {
      pieces.push(Buffer.from(piece));
      setImmediate(done);
    },
  });
  return { stream, whole: () => Buffer.concat(pieces) };
}

it('writes pieces in order, in whatever order they come', async () => {
  const order = fc.array(fc.nat(), { maxLength: 12 }).chain((sizes) => {
    const pieces = sizes.map((size, index) => ({ index, size: 1 + (size % 9) }));
    return fc.shuffledSubarray(pieces, { minLength: pieces.length });
  });
  await fc.assert(
    fc.asyncProperty(order, async (pieces) => {
      const { stream, whole } = collector();
      const sink = await createWritableSink(stream).openFile(entryOf('f'));
      const sizes = [...pieces].sort((a, b) => a.index - b.index).map(({ size }) => size);
      const offsetOf = (index: number) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
      for (const { index, size } of pieces) {
        const bytes = new Uint8Array(size).fill(index);
        await sink.write(offsetOf(index), bytes);
        // The caller may use its buffer again.
        bytes.fill(255);
      }
      await sink.commit();
      expect([...whole()]).toEqual(sizes.flatMap((size, index) => Array(size).fill(index)));
    }),
    { numRuns: 50 },
  );
});

it('waits for a slow reader', async () => {
  const stream = new PassThrough({ highWaterMark: 10 });
  const sink = await createWritableSink(stream).openFile(entryOf('f'));
  let written = false;
  const writing = (async () => {
    for (let offset = 0; offset < 40; offset += 10) await sink.write(offset, new Uint8Array(10));
    written = true;
  })();
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(written).toBe(false);
  stream.resume();
  await writing;
});

it('says that the reader has gone', async () => {
  const stream = new Writable({
    write: (_piece, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const sink = await createWritableSink(stream).openFile(entryOf('f'));
  const gone = { code: 'sink-failed', message: expect.stringContaining('stopped') };
  await expect(sink.write(0, new Uint8Array(1))).rejects.toMatchObject(gone);
  await expect(sink.write(1, new Uint8Array(1))).rejects.toMatchObject({ code: 'sink-failed' });
  await sink.abandon(false);
});

it('holds a bounded amount that came early', async () => {
  const { stream } = collector();
  const sink = await createWritableSink(stream).openFile(entryOf('f'));
  const mebibyte = new Uint8Array(1024 * 1024);
  const flood = async () => {
    for (let offset = 1; ; offset += mebibyte.length) await sink.write(offset, mebibyte);
  };
  await expect(flood()).rejects.toMatchObject({ code: 'sink-failed' });
});

it('does not take a gap for the end, or a piece twice', async () => {
  const { stream } = collector();
  const sink = await createWritableSink(stream).openFile(entryOf('f'));
  await sink.write(5, new Uint8Array(5));
  await expect(sink.commit()).rejects.toMatchObject({ code: 'sink-failed' });
  await sink.write(0, new Uint8Array(5));
  await sink.commit();
  await expect(sink.write(0, new Uint8Array(5))).rejects.toMatchObject({ code: 'sink-failed' });
});
