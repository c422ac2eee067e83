// Chunks of zeros: hashed once, left out on the wire where the receiver knows that, and checked like any.
import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { chunkDigest, isZeroChunk } from '../../src/content/zero-chunk.ts';
import { isZero } from '../../src/foundation/bytes.ts';
import { dataHeaderBytes, parseDataBody, writeDataHeader } from '../../src/wire/data-record.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';
import { decodeRecord, RECORD_HEADER_BYTES, stampRecord } from '../../src/wire/record.ts';
import { fileEntry } from './rig/memory-files.ts';
import { runPair } from './rig/run-pair.ts';

it('tells zeros from anything else, wherever the memory begins', () => {
  for (const start of [0, 1, 2, 3, 5])
    for (const length of [0, 1, 3, 4, 5, 7, 8, 1023]) {
      const memory = new Uint8Array(2048).fill(9);
      const bytes = memory.subarray(start, start + length);
      bytes.fill(0);
      expect(isZero(bytes)).toBe(true);
      for (const at of [0, length >> 1, length - 1]) {
        if (length === 0) continue;
        bytes[at] = 1;
        expect(isZero(bytes)).toBe(false);
        bytes[at] = 0;
      }
    }
  expect(isZeroChunk(new Uint8Array(CHUNK_BYTES - 1))).toBe(false);
});

it('hashes a chunk of zeros once, and knows no other digest for it', async () => {
  let hashed = 0;
  const sha256 = async (bytes: Uint8Array) => {
    hashed += 1;
    return new Uint8Array(createHash('sha256').update(bytes).digest());
  };
  const zeros = new Uint8Array(CHUNK_BYTES);
  const digests = [];
  for (let i = 0; i < 5; i += 1) digests.push(await chunkDigest(zeros, { sha256 } as never));
  expect(hashed).toBeLessThanOrEqual(1);
  for (const digest of digests)
    expect(Buffer.from(digest).toString('hex')).toBe(createHash('sha256').update(zeros).digest('hex'));
});

function zerosRecord(more = 0): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(dataHeaderBytes(1) + more);
  writeDataHeader(record, 7, [{ fileIndex: 1, offset: CHUNK_BYTES, length: CHUNK_BYTES }]);
  stampRecord(record, 'data', 'zeros');
  return record;
}

it('reads a payload that was left out as zeros, and refuses one that was not left out', () => {
  const { kind, zstd, zeros, body } = decodeRecord(zerosRecord());
  expect([kind, zstd, zeros]).toEqual(['data', false, true]);
  const { payload, payloadBytes } = parseDataBody(body, true);
  expect(payloadBytes).toBe(CHUNK_BYTES);
  expect(payload.length).toBe(CHUNK_BYTES);
  expect(isZero(payload)).toBe(true);
  const withPayload = zerosRecord(1).subarray(RECORD_HEADER_BYTES) as Uint8Array<ArrayBuffer>;
  expect(() => parseDataBody(withPayload, true)).toThrow(
    expect.objectContaining({ code: 'protocol-violation' }),
  );
});

it('delivers files with holes, at the beginning, in the middle and at the end', async () => {
  const content = (...parts: number[]) =>
    Buffer.concat(parts.map((bytes) => (bytes < 0 ? randomBytes(-bytes) : Buffer.alloc(bytes))));
  const files = {
    empty: content(3 * CHUNK_BYTES),
    start: content(2 * CHUNK_BYTES, -CHUNK_BYTES - 5),
    middle: content(-CHUNK_BYTES, 4 * CHUNK_BYTES, -1),
    end: content(-5, 2 * CHUNK_BYTES + 17),
  };
  const { sent, received, folder } = await runPair(
    Object.entries(files).map(([path, bytes]) => fileEntry(path, new Uint8Array(bytes))),
  );
  expect([sent.status, received.status]).toEqual(['fulfilled', 'fulfilled']);
  for (const [path, bytes] of Object.entries(files))
    expect(Buffer.from(folder.files.get(path)!).equals(bytes), path).toBe(true);
});
