import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReorderBuffer } from '../../../src/engine/sinks/reorder-buffer.ts';

/** A file cut into pieces, and the order in which they come. */
const shuffledPieces = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { maxLength: 30 })
  .chain((pieces) => {
    let end = 0;
    const placed = pieces.map((bytes) => {
      const offset = end;
      end += bytes.length;
      return { offset, bytes };
    });
    return fc.record({
      whole: fc.constant(pieces.flatMap((piece) => [...piece])),
      arriving: fc.shuffledSubarray(placed, { minLength: placed.length }),
    });
  });

test('pieces in any order are read in order, and count as written once they are taken', async () => {
  const property = fc.asyncProperty(
    shuffledPieces,
    fc.scheduler(),
    async ({ whole, arriving }, scheduler) => {
      const buffer = new ReorderBuffer();
      const read: number[] = [];
      let isRead = false;
      const reading = (async () => {
        expect(await buffer.ready()).toBe(true);
        for await (const bytes of buffer.read()) {
          await scheduler.schedule(Promise.resolve());
          read.push(...bytes);
        }
        isRead = true;
      })();
      const writing = Promise.all(
        arriving.map(async ({ offset, bytes }) => {
          await scheduler.schedule(Promise.resolve());
          await buffer.put(offset, bytes);
          // What isn't taken yet is still part of the window.
          expect(read.length).toBeGreaterThanOrEqual(offset + bytes.length);
        }),
      ).then(() => buffer.end());
      await scheduler.waitFor(Promise.all([writing, reading]));
      expect(isRead).toBe(true);
      expect(read).toEqual(whole);
    },
  );
  await fc.assert(property);
});

test('a failure turns away what waits, what comes and who reads', async () => {
  const property = fc.asyncProperty(shuffledPieces, fc.nat(30), async ({ arriving }, before) => {
    const buffer = new ReorderBuffer();
    const failure = new Error('over');
    const reading = (async () => {
      await buffer.ready();
      for await (const _ of buffer.read());
    })();
    const early = arriving.slice(0, before).map(({ offset, bytes }) => buffer.put(offset, bytes));
    const settled = Promise.allSettled(early);
    buffer.fail(failure);
    for (const result of await settled) {
      expect(result).toEqual({ status: 'rejected', reason: failure });
    }
    await expect(reading).rejects.toBe(failure);
    await expect(buffer.put(0, new Uint8Array(1))).rejects.toBe(failure);
  });
  await fc.assert(property);
});

test('a hole is no end', async () => {
  const buffer = new ReorderBuffer();
  void buffer.put(0, Uint8Array.of(1));
  void buffer.put(2, Uint8Array.of(3));
  buffer.end();
  const read = async () => {
    for await (const _ of buffer.read());
  };
  await expect(read()).rejects.toMatchObject({ code: 'sink-failed' });
});

test('a file is dropped as long as nothing of it was taken', async () => {
  const untouched = new ReorderBuffer();
  const ready = untouched.ready();
  expect(untouched.drop()).toBe(true);
  expect(await ready).toBe(false);

  const begun = new ReorderBuffer();
  void begun.put(0, Uint8Array.of(1));
  expect(await begun.ready()).toBe(true);
  expect(begun.drop()).toBe(false);
});

test('an empty file is ready once it has ended', async () => {
  const buffer = new ReorderBuffer();
  const ready = buffer.ready();
  buffer.end();
  expect(await ready).toBe(true);
  expect(await buffer.read().next()).toEqual({ done: true, value: undefined });
});
