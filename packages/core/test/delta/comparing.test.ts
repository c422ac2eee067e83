// Comparing message by message: the credit of told digests in both directions, and ends that overstep it.
import { describe, expect, it } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { CompareExisting } from '../../src/delta/compare-existing.ts';
import { ComparedFile } from '../../src/delta/compared-file.ts';
import { Comparison } from '../../src/delta/comparison.ts';
import { RefusedChunks } from '../../src/delta/refused-chunks.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import type { BulkCrypto } from '../../src/ports/bulk-crypto.ts';
import type { SourceEntry } from '../../src/ports/byte-source.ts';
import { aheadBodies, parseAheadBody } from '../../src/wire/ahead-record.ts';
import { encodeKeepBody, type KeepRow } from '../../src/wire/keep-record.ts';
import { CHUNK_BYTES, MAX_AHEAD, MIN_COMPARED_BYTES } from '../../src/wire/limits.ts';

const CHUNKS = MAX_AHEAD + 100;
const SIZE = CHUNKS * CHUNK_BYTES;
/** A gigabyte is neither read nor hashed here. */
const bulk: BulkCrypto = { ...webBulkCrypto, sha256: async () => new Uint8Array(32) };
const VIOLATION = { code: 'protocol-violation' };

const source = {
  read: async (_offset: number, into: Uint8Array) => into.length,
  isUnchanged: async () => true,
  close: async () => {},
};
const sent = (sizeBytes: number): SourceEntry => ({
  kind: 'file',
  path: 'f',
  sizeBytes,
  modifiedMs: null,
  executable: false,
  open: async () => source,
});

const turns = async (count: number) => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('the sender', () => {
  /** One that tells all that it may. */
  function teller(file = { size: SIZE, chunks: CHUNKS }) {
    const end = new AbortController();
    const comparison = new Comparison([sent(file.size)], bulk, end.signal);
    comparison.want([[0, file.chunks]]);
    let told = 0;
    const running = comparison.run(async (body) => {
      for (const { digests } of parseAheadBody(body)) told += digests.length / 32;
    });
    const until = async (count: number) => {
      await expect.poll(() => told).toBe(count);
      await turns(20);
      expect(told).toBe(count);
    };
    const answer = (row: Partial<KeepRow>) =>
      comparison.answer(encodeKeepBody([{ fileIndex: 0, firstChunk: 0, count: 1, isKept: true, ...row }]));
    return { comparison, end, running, until, answer };
  }

  it('tells no more than 4,096 digests without an answer, and one more for each answer', async () => {
    const { end, running, until, answer } = teller();
    await until(MAX_AHEAD);
    answer({ count: 1 });
    await until(MAX_AHEAD + 1);
    answer({ firstChunk: 1, count: 50, isKept: false });
    await until(MAX_AHEAD + 51);
    end.abort();
    await running;
  });

  it.each<[string, Partial<KeepRow>]>([
    ['a chunk beyond those told', { firstChunk: 0, count: MAX_AHEAD + 1 }],
    ['a later chunk first', { firstChunk: 1 }],
    ['a file that is not compared', { fileIndex: 1 }],
    ['four thousand million chunks', { count: 2 ** 32 - 1 }],
  ])('refuses an answer about %s', async (_what, row) => {
    const { end, running, until, answer } = teller();
    await until(MAX_AHEAD);
    expect(() => answer(row)).toThrow(expect.objectContaining(VIOLATION));
    end.abort();
    await running;
  });

  it('refuses a second answer about a chunk', async () => {
    const { end, running, until, answer } = teller();
    await until(MAX_AHEAD);
    answer({ isKept: false });
    expect(() => answer({ isKept: true })).toThrow(expect.objectContaining(VIOLATION));
    end.abort();
    await running;
  });

  it('compares no file under 256 KiB, none twice, and no chunk that it has not', () => {
    const wants = (files: [number, number][], size: number) => () =>
      new Comparison([sent(size), sent(size)], bulk, new AbortController().signal).want(files);
    expect(wants([[0, 1]], MIN_COMPARED_BYTES)).not.toThrow();
    for (const refused of [
      wants([[0, 1]], MIN_COMPARED_BYTES - 1),
      wants([[0, 2]], MIN_COMPARED_BYTES),
      wants([[2, 1]], MIN_COMPARED_BYTES),
      wants(
        [
          [1, 1],
          [0, 1],
        ],
        MIN_COMPARED_BYTES,
      ),
    ])
      expect(refused).toThrow(expect.objectContaining(VIOLATION));
  });
});

describe('the receiver', () => {
  /** One that has not answered anything yet. */
  function comparer() {
    const content = {
      sizeBytes: SIZE,
      isFinal: true,
      identity: 'f',
      version: '1',
      open: async () => source,
      isUntouched: async () => true,
      adopt: () => Promise.reject(new Error('nothing is taken')),
    };
    const entry = { index: 0, kind: 'file', path: 'f', sizeBytes: SIZE } as const;
    const file = new ComparedFile({ ...entry, modifiedMs: null, executable: false }, content, CHUNKS);
    const answers: Bytes[] = [];
    const comparing = new CompareExisting(new Map([[0, file]]), {
      bulk,
      refused: new RefusedChunks([], () => {}),
      answer: async (body) => void answers.push(body),
      onKept: async () => {},
      onHashed: () => {},
    });
    const tell = (firstChunk: number, count: number) => {
      for (const body of aheadBodies([{ fileIndex: 0, firstChunk, digests: new Uint8Array(32 * count) }]))
        comparing.tell(body);
    };
    return { comparing, file, answers, tell };
  }

  it('takes 4,096 digests that it has not answered, and not one more', () => {
    const { tell } = comparer();
    tell(0, MAX_AHEAD);
    expect(() => tell(MAX_AHEAD, 1)).toThrow(expect.objectContaining(VIOLATION));
  });

  it('takes as many more as it has answered', async () => {
    const { comparing, file, tell } = comparer();
    tell(0, MAX_AHEAD);
    const running = comparing.run();
    await expect.poll(() => file.answered, { timeout: 20_000 }).toBe(MAX_AHEAD);
    tell(MAX_AHEAD, CHUNKS - MAX_AHEAD);
    expect(() => tell(CHUNKS, 1)).toThrow(expect.objectContaining(VIOLATION));
    await running;
    expect(file.answered).toBe(CHUNKS);
  });

  it('counts the digests of a file that failed no more', () => {
    const { comparing, tell } = comparer();
    tell(0, MAX_AHEAD);
    comparing.drop(0);
    // Still under way.
    expect(() => tell(MAX_AHEAD, 1)).not.toThrow();
  });
});
