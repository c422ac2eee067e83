// Hashing chunk by chunk: in order, the same digests by whatever way they are read, and no chunk that isn't whole.
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { hashChunks } from '../../src/delta/hash-chunks.ts';
import type { ByteSource } from '../../src/ports/byte-source.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';

type Source = Pick<ByteSource, 'read' | 'readAtOnce'>;

const CONTENT = new Uint8Array(randomBytes(9 * CHUNK_BYTES + 5));

function readerOf(content: Uint8Array) {
  return (offset: number, into: Uint8Array) => {
    const piece = content.subarray(offset, offset + into.length);
    into.set(piece);
    return piece.length;
  };
}

/** What gives all later, and what gives at once but each third chunk. */
const WAYS: [string, (content: Uint8Array) => Source & { later: number[] }][] = [
  [
    'later',
    (content) => {
      const later: number[] = [];
      const read = readerOf(content);
      return {
        later,
        read: async (offset, into) => {
          later.push(offset / CHUNK_BYTES);
          return read(offset, into);
        },
      };
    },
  ],
  [
    'at once',
    (content) => {
      const [, makeLater] = WAYS[0]!;
      const source = makeLater(content);
      const read = readerOf(content);
      let calls = 0;
      const readAtOnce = (offset: number, into: Uint8Array) => {
        calls += 1;
        return calls % 3 === 0 ? null : read(offset, into);
      };
      return { ...source, readAtOnce };
    },
  ],
];

describe.each(WAYS)('what is read %s', (way, sourceOf) => {
  it.each([
    ['from the start', 0, CONTENT.length],
    ['from a later chunk', 4, CONTENT.length],
    ['up to a chunk', 0, 6 * CHUNK_BYTES],
    ['nothing', 3, 3 * CHUNK_BYTES],
  ])('is told in order: %s', async (_range, firstChunk, end) => {
    const told: [number, string][] = [];
    const isWhole = await hashChunks(
      sourceOf(CONTENT),
      { firstChunk, end },
      webBulkCrypto,
      async (...chunk) => {
        const [chunkIndex, digest, bytes] = chunk;
        await Promise.resolve();
        expect(createHash('sha256').update(bytes).digest().equals(digest)).toBe(true);
        told.push([chunkIndex, Buffer.from(digest).toString('hex')]);
      },
    );
    const expected: [number, string][] = [];
    for (let i = firstChunk; i * CHUNK_BYTES < end; i += 1) {
      const chunk = CONTENT.subarray(i * CHUNK_BYTES, Math.min(end, (i + 1) * CHUNK_BYTES));
      expected.push([i, createHash('sha256').update(chunk).digest('hex')]);
    }
    expect([isWhole, told]).toEqual([true, expected]);
  });

  it('ends with the last whole chunk when the content is shorter', async () => {
    const told: number[] = [];
    const source = sourceOf(CONTENT.subarray(0, 5 * CHUNK_BYTES + 1));
    const range = { firstChunk: 0, end: CONTENT.length };
    const isWhole = await hashChunks(source, range, webBulkCrypto, (chunkIndex) => {
      told.push(chunkIndex);
    });
    await new Promise(setImmediate);
    expect([isWhole, told]).toEqual([false, [0, 1, 2, 3, 4]]);
  });

  it('is told no more once the listener fails', async () => {
    const source = sourceOf(CONTENT);
    let calls = 0;
    const failing = hashChunks(source, { firstChunk: 0, end: CONTENT.length }, webBulkCrypto, async (i) => {
      calls += 1;
      if (i === 2) throw new Error('full');
    });
    await expect(failing).rejects.toThrow('full');
    expect(calls).toBe(3);
  });

  it('gives the event loop its turns', async () => {
    const source = sourceOf(CONTENT);
    await hashChunks(source, { firstChunk: 0, end: 9 * CHUNK_BYTES }, webBulkCrypto, () => {});
    expect(source.later).toEqual(way === 'later' ? [0, 1, 2, 3, 4, 5, 6, 7, 8] : [2, 5, 8]);
  });
});
