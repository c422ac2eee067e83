// Payloads of encoders other than ours, and what must not be decoded.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitFrames } from '../../src/compression/zstd-frame.ts';
import { decodeZstdPayload } from '../../src/compression/zstd-payload.ts';
import type { Zstd } from '../../src/ports/zstd.ts';
import { zstdCodec } from '../transfer/rig/zstd-codec.ts';

interface Recorded {
  name: string;
  sizeBytes: number;
  sha256: string;
  payload: string;
}

const { payloads } = JSON.parse(
  readFileSync(new URL('../fixtures/zstd-payloads.json', import.meta.url), 'utf8'),
) as { payloads: Recorded[] };
const MIB = 1024 * 1024;
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const recorded = (name: string) => bytesOf(payloads.find((entry) => entry.name.startsWith(name))!.payload);

/** A decoder that must not be asked. */
const untouchable: Zstd = {
  compress: () => Promise.reject(new Error('asked to compress')),
  decompress: () => Promise.reject(new Error('asked to decompress')),
  decompressUnsized: () => Promise.reject(new Error('asked to decompress')),
};

describe.each(payloads)('$name', ({ payload, sizeBytes, sha256 }) => {
  const bytes = bytesOf(payload);

  it('is decoded', async () => {
    const content = await decodeZstdPayload(await zstdCodec(), bytes, MIB);
    expect(createHash('sha256').update(content!).digest('hex')).toBe(sha256);
  });

  it('is decoded to its size at most', async () => {
    const zstd = await zstdCodec();
    expect(await decodeZstdPayload(zstd, bytes, sizeBytes)).toHaveLength(sizeBytes);
    if (sizeBytes > 0) expect(await decodeZstdPayload(zstd, bytes, sizeBytes - 1)).toBeNull();
  });

  it('is refused when it is cut anywhere, or followed by anything', async () => {
    const ends = new Set([1, 4, 5, 9, bytes.length >> 1, bytes.length - 1]);
    const cuts = [...ends].filter(
      (end) => end < bytes.length && splitFrames(bytes.subarray(0, end)) === null,
    );
    for (const end of cuts)
      expect(await decodeZstdPayload(untouchable, bytes.subarray(0, end), MIB)).toBeNull();
    expect(cuts.length).toBeGreaterThan(3);
    const longer = new Uint8Array([...bytes, 0]);
    expect(await decodeZstdPayload(untouchable, longer, MIB)).toBeNull();
  });
});

it('notices a wrong checksum', async () => {
  const bytes = recorded('zstd 1.5.4 from a pipe');
  bytes[bytes.length - 1]! ^= 1;
  expect(await decodeZstdPayload(await zstdCodec(), bytes, MIB)).toBeNull();
});

describe('before anything is decoded', () => {
  it.each([
    ['nothing at all', ''],
    ['a skippable frame alone', '502a4d18 01000000 00'],
    ['a stated size over the limit', '28b52ffd a0 01001000 010000'],
    ['a window of 16 MiB', '28b52ffd 00 70 010000'],
    ['a reserved kind of block', '28b52ffd 20 01 0f0000'],
    ['content where none is stated', '28b52ffd 20 00 0b0000 61'],
    ['no content where some is stated', '28b52ffd 20 05 010000'],
    // 200 blocks of one byte each, repeated 128 KiB times: 25 MiB from 806 bytes.
    ['a bomb that states no size', `28b52ffd 00 58 ${'020010 61'.repeat(199)} 030010 61`],
  ])('%s is refused', async (_what, hex) => {
    expect(await decodeZstdPayload(untouchable, bytesOf(hex), MIB)).toBeNull();
  });
});

it('refuses what decodes to more than the limit, whatever the blocks look like', async () => {
  // 100 such blocks could pass as 12.5 MiB, and do become that much.
  const bomb = bytesOf(`28b52ffd 00 58 ${'020010 61'.repeat(99)} 030010 61`);
  expect(await decodeZstdPayload(await zstdCodec(), bomb, MIB)).toBeNull();
});

it('never throws, whatever comes', async () => {
  const zstd = await zstdCodec();
  const start = recorded('two frames');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), async (changes) => {
      const bytes = start.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const content = await decodeZstdPayload(zstd, bytes, MIB);
      expect(content === null || content.length <= MIB).toBe(true);
    }),
    { numRuns: 300 },
  );
});
