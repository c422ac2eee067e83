import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompressionPolicy } from '../../src/compression/compression-policy.ts';
import { mayShrink } from '../../src/compression/may-shrink.ts';
import { statedContentSize } from '../../src/compression/zstd-frame.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';
import { zstdCodec } from '../transfer/rig/zstd-codec.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('the stated size of a zstd frame', () => {
  it('is what was compressed', async () => {
    const zstd = await zstdCodec();
    for (const size of [1, 255, 256, 257, 65_535, 65_536, 65_791, 65_792, 262_144, 1_000_000]) {
      expect(statedContentSize(await zstd.compress(new Uint8Array(size).fill(7)))).toBe(size);
    }
  });

  // Headers by hand, RFC 8878 section 3.1.1.1: magic, descriptor, window, dictionary, size. An empty last block follows.
  it.each([
    ['one byte, single segment', '28b52ffd 20 05', 5],
    ['two bytes', '28b52ffd 60 0001', 512],
    ['four bytes with a window', '28b52ffd 80 58 00000400', 262_144],
    ['eight bytes', '28b52ffd e0 0000000001000000', 2 ** 32],
    ['four bytes behind a dictionary', '28b52ffd a3 01020304 00000400', 262_144],
    ['none', '28b52ffd 00 58', null],
    ['beyond 2^53', '28b52ffd e0 ffffffffffffffff', null],
    ['cut short', '28b52ffd a0 0000', null],
    ['another magic', '28b52ffe 20 05', null],
    ['a skippable frame', '502a4d18 04000000 00000000', null],
    ['nothing', '', null],
  ])('%s', (_what, hex, size) => {
    expect(statedContentSize(bytesOf(`${hex} 010000`))).toBe(size);
  });

  it.each([
    ['a frame without blocks', '28b52ffd 20 05'],
    ['a frame without its last block', '28b52ffd 20 05 000000'],
    ['a cut block', '28b52ffd 20 05 290000 61'],
    ['two frames', '28b52ffd 20 05 010000 28b52ffd 20 05 010000'],
    ['a skippable frame behind it', '28b52ffd 20 05 010000 502a4d18 01000000 00'],
    ['something behind it', '28b52ffd 20 05 010000 00'],
  ])('is none for %s', (_what, hex) => {
    expect(statedContentSize(bytesOf(hex))).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        statedContentSize(Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, ...bytes]));
        statedContentSize(bytes);
      }),
    );
  });
});

describe('whether a payload may shrink', () => {
  const cycled = (piece: Uint8Array) => random(CHUNK_BYTES).map((_, i) => piece[i % piece.length]!);
  const floats = new Float64Array(CHUNK_BYTES / 8).map((_, i) => Math.sin(i));
  const cases: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(CHUNK_BYTES)],
    ['random bytes', random(CHUNK_BYTES)],
    ['few random bytes', random(64)],
    ['random bytes that come again after half', cycled(random(CHUNK_BYTES / 2))],
    ['random bytes of which a tenth comes again', cycled(random(CHUNK_BYTES * 0.9))],
    ['random bytes in hexadecimal', new TextEncoder().encode(Buffer.from(random(10_000)).toString('hex'))],
    ['random letters', random(CHUNK_BYTES).map((byte) => 97 + (byte % 26))],
    ['numbers whose every eighth byte is alike', new Uint8Array(floats.buffer)],
    ['random bytes without one in eight', random(CHUNK_BYTES).map((byte) => byte % 224)],
  ];

  it.each(cases)('says of %s no less than zstd does', async (_what, payload) => {
    const zstd = await zstdCodec();
    const shrinks = (await zstd.compress(payload)).length < payload.length * 0.95;
    if (shrinks) expect(mayShrink(payload)).toBe(true);
    if (payload.length === CHUNK_BYTES) expect(mayShrink(payload)).toBe(shrinks);
  });
});

describe('the policy', () => {
  const SHRINKS = new Uint8Array(4096);
  const triesOf = (policy: CompressionPolicy, records: number, ratio: number, file = 0) => {
    let tries = 0;
    for (let i = 0; i < records; i += 1) {
      if (!policy.shouldTry(file, SHRINKS)) continue;
      tries += 1;
      policy.judge(4096, 4096 * ratio);
    }
    return tries;
  };

  it('tries every record while it pays, and seldom while it does not', () => {
    expect(triesOf(new CompressionPolicy('auto'), 1000, 0.2)).toBe(1000);
    const seldom = triesOf(new CompressionPolicy('auto'), 1000, 1);
    expect(seldom).toBeGreaterThan(10);
    expect(seldom).toBeLessThan(50);
  });

  it('comes back soon when the content changes', () => {
    const policy = new CompressionPolicy('auto');
    triesOf(policy, 1000, 1);
    // Within one file after at most 32 records; at a new file after one.
    expect(triesOf(policy, 133, 0.2)).toBeGreaterThanOrEqual(100);
    const other = new CompressionPolicy('auto');
    triesOf(other, 1000, 1);
    expect(triesOf(other, 10, 0.2, 1)).toBeGreaterThanOrEqual(9);
  });

  it('leaves what is short as it is', () => {
    for (const bytes of [0, 1, 4095]) {
      expect(new CompressionPolicy('auto').shouldTry(0, new Uint8Array(bytes))).toBe(false);
      expect(new CompressionPolicy('on').shouldTry(0, new Uint8Array(bytes))).toBe(true);
    }
    expect(new CompressionPolicy('auto').shouldTry(0, new Uint8Array(4096))).toBe(true);
  });

  it('looks at what is dense as seldom as it would try it', () => {
    const policy = new CompressionPolicy('auto');
    const dense = random(CHUNK_BYTES);
    for (let i = 0; i < 100; i += 1) expect(policy.shouldTry(0, dense)).toBe(false);
    let raw = 0;
    while (!policy.shouldTry(0, SHRINKS)) raw += 1;
    expect(raw).toBeGreaterThan(0);
    expect(raw).toBeLessThanOrEqual(32);
  });

  it('sends compressed only what got smaller enough', () => {
    const auto = new CompressionPolicy('auto');
    expect(auto.judge(1000, 949)).toBe(true);
    expect(auto.judge(1000, 950)).toBe(false);
    const on = new CompressionPolicy('on');
    expect(on.shouldTry(0, random(1000))).toBe(true);
    expect(on.judge(1000, 999)).toBe(true);
    expect(on.judge(1000, 1000)).toBe(false);
    expect(new CompressionPolicy('off').shouldTry(0, SHRINKS)).toBe(false);
  });
});
