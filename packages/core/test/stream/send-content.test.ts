// What is compressed, by what the path and the receiver show.
import { expect, it } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import { LazyZstd, type Zstd } from '../../src/ports/zstd.ts';
import { Comparison } from '../../src/stream/comparison.ts';
import { CreditWindow } from '../../src/stream/credit-window.ts';
import type { Lane } from '../../src/stream/lane.ts';
import { LanePool } from '../../src/stream/lane-pool.ts';
import { sendContent } from '../../src/stream/send-content.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';
import { decodeRecord } from '../../src/wire/record.ts';
import { fileEntry } from '../transfer/rig/memory-files.ts';

const CHUNKS = 6;

/** Sends chunks that shrink while zstd doesn't answer; resolves to how many went raw before it did, and after. */
async function rawRecords(path: { queuedBytes: number; isKeptUp: boolean; compress?: 'on' }) {
  const raw: boolean[] = [];
  const lane = {
    bufferedBytes: path.queuedBytes,
    drained: async () => {},
    send: async (record: Bytes) => {
      const { kind, zstd } = decodeRecord(record);
      if (kind === 'data') raw.push(!zstd);
    },
  };
  const lanes = new LanePool();
  lanes.add(lane as unknown as Lane);
  const credit = new CreditWindow(16 * CHUNK_BYTES);
  if (path.isKeptUp) {
    await credit.take(CHUNK_BYTES);
    credit.acknowledge(0, 17 * CHUNK_BYTES);
  }
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const zstd = {
    compress: async () => {
      await answered;
      return new Uint8Array(100);
    },
  } as unknown as Zstd;
  const content = new Uint8Array(CHUNKS * CHUNK_BYTES);
  const sending = sendContent([{ index: 0, entry: fileEntry('zeros', content) }], {
    lanes,
    credit,
    compress: path.compress ?? 'auto',
    zstd: new LazyZstd(async () => zstd),
    bulk: webBulkCrypto,
    clock: { nowMs: () => 0, after: () => () => {} },
    comparison: nothingThere(),
    onDigest: () => {},
    onKept: () => {},
    onFailed: async () => {},
  });
  if (path.isKeptUp && path.queuedBytes === 0 && path.compress === undefined) {
    await expect.poll(() => raw.length).toBe(CHUNKS - 1);
  }
  answer();
  await sending;
  expect(raw).toHaveLength(CHUNKS);
  return raw.filter(Boolean).length;
}

function nothingThere(): Comparison {
  return new Comparison([], webBulkCrypto, new AbortController().signal);
}

it('sends raw what would only wait, while the path is idle and the receiver keeps up', async () => {
  expect(await rawRecords({ queuedBytes: 0, isKeptUp: true })).toBe(CHUNKS - 1);
});

it.each([
  ['the path is busy', { queuedBytes: 1, isKeptUp: true }],
  ['the receiver has not said how fast it is', { queuedBytes: 0, isKeptUp: false }],
  ['all is to be compressed', { queuedBytes: 0, isKeptUp: true, compress: 'on' as const }],
])('compresses while %s', async (_when, path) => {
  expect(await rawRecords(path)).toBe(0);
});

it('sends all raw where the path is found to be fast, without asking zstd', async () => {
  const raw: boolean[] = [];
  const credit = new CreditWindow(16 * CHUNK_BYTES);
  let limitBytes = 16 * CHUNK_BYTES;
  const lane = {
    bufferedBytes: 0,
    drained: async () => {},
    send: async (record: Bytes) => {
      const { kind, zstd } = decodeRecord(record);
      if (kind !== 'data') return;
      raw.push(!zstd);
      limitBytes += CHUNK_BYTES;
      credit.acknowledge(0, limitBytes);
    },
  };
  const lanes = new LanePool();
  lanes.add(lane as unknown as Lane);
  const content = new Uint8Array(40 * 1024 * 1024);
  let nowMs = 0;
  await sendContent([{ index: 0, entry: fileEntry('zeros', content) }], {
    lanes,
    credit,
    compress: 'auto',
    zstd: new LazyZstd(async () => ({ compress: async () => new Uint8Array(100) }) as unknown as Zstd),
    bulk: webBulkCrypto,
    clock: { nowMs: () => nowMs++, after: () => () => {} },
    comparison: nothingThere(),
    onDigest: () => {},
    onKept: () => {},
    onFailed: async () => {},
  });
  expect(raw).toHaveLength(content.length / CHUNK_BYTES);
  expect(raw.slice(0, 64)).toContain(false);
  expect(raw.slice(-64)).not.toContain(false);
});
