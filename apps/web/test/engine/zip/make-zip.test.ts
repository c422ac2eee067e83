// A .zip as it is written, byte by byte; what other programs make of one is in zip-programs.test.ts.
import { expect, test } from 'vitest';
import { crc32 } from '../../../src/engine/zip/crc32.ts';
import { makeZip, type ZipEntry } from '../../../src/engine/zip/make-zip.ts';
import { entriesInZip } from './entries-in-zip.ts';

async function* once(...pieces: string[]) {
  for (const piece of pieces) yield Buffer.from(piece);
}

async function packed(...entries: ZipEntry[]) {
  return entriesInZip(Buffer.concat(await piecesOf(entries)));
}

async function piecesOf(entries: ZipEntry[]): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of makeZip(entries)) pieces.push(piece);
  return pieces;
}

function file(path: string, settings: Partial<ZipEntry> = {}): ZipEntry {
  return { path, modifiedMs: null, ...settings, content: { sizeBytes: 1, pieces: once('x') } };
}

const secondsOf = async (modifiedMs: number) => {
  const { f } = await packed(file('f', { modifiedMs }));
  return f!.seconds;
};

test('files and folders have their names, content and checksums', async () => {
  const entries = await packed(
    { path: 'grüße', modifiedMs: null, content: null },
    { path: 'grüße/文件', modifiedMs: null, content: { sizeBytes: 5, pieces: once('ab', '', 'cde') } },
    { path: 'empty', modifiedMs: null, content: { sizeBytes: 0, pieces: once() } },
    { path: 'unsized', modifiedMs: null, content: { sizeBytes: null, pieces: once('12') } },
  );
  const contents = Object.entries(entries).map(([name, { content }]) => [name, content]);
  expect(contents).toEqual([
    ['grüße/', ''],
    ['grüße/文件', 'abcde'],
    ['empty', ''],
    ['unsized', '12'],
  ]);
});

test('a time is kept to the second, and before 1980 too', async () => {
  expect(await secondsOf(Date.UTC(2026, 10, 27, 19, 45, 1, 999))).toBe(
    Date.UTC(2026, 10, 27, 19, 45, 1) / 1000,
  );
  expect(await secondsOf(Date.UTC(1979, 5))).toBe(Date.UTC(1979, 5) / 1000);
  expect(await secondsOf(0)).toBe(0);
  expect(await secondsOf((2 ** 31 - 1) * 1000 + 999)).toBe(2 ** 31 - 1);
});

test.each([
  [-1, '116444735999990000'],
  [Date.UTC(1950, 5), String((BigInt(Date.UTC(1950, 5)) - BigInt(Date.UTC(1601, 0))) * 10_000n)],
  [2 ** 31 * 1000, '137919572480000000'],
  [Date.UTC(2150, 5), String((BigInt(Date.UTC(2150, 5)) - BigInt(Date.UTC(1601, 0))) * 10_000n)],
  [Date.UTC(1601, 0), '0'],
])(
  'the time %d, which most programs would misread in seconds, is in the field of NTFS',
  async (modifiedMs, units) => {
    const { f } = await packed(file('f', { modifiedMs }));
    expect(Object.keys(f!.fields)).toEqual(['a']);
    const field = Buffer.from(f!.fields.a!, 'hex');
    expect([field.readUInt16LE(4), field.readUInt16LE(6)]).toEqual([1, 24]);
    expect([8, 16, 24].map((at) => String(field.readBigUInt64LE(at)))).toEqual([units, units, units]);
  },
);

test.each([
  [Date.UTC(1950, 5), '1980-01-01 00:00:00'],
  [Date.UTC(1969, 11, 31), '1980-01-01 00:00:00'],
  [new Date(2001, 5, 1, 12, 30, 59).getTime(), '2001-06-01 12:30:58'],
  [new Date(2107, 5, 1).getTime(), '2107-06-01 00:00:00'],
  [Date.UTC(2150, 5), '2107-12-31 23:59:58'],
  [Number.MAX_SAFE_INTEGER, '2107-12-31 23:59:58'],
  [Number.MIN_SAFE_INTEGER, '1980-01-01 00:00:00'],
])('of the time %d the header holds the nearest', async (modifiedMs, headerTime) => {
  const { f } = await packed(file('f', { modifiedMs }));
  expect(f!.headerTime).toBe(headerTime);
});

test('what no field can hold has none', async () => {
  for (const modifiedMs of [Date.UTC(1600, 5), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
    expect((await packed(file('f', { modifiedMs }))).f!.fields).toEqual({});
  }
});

test('a program stays one, and what is private is', async () => {
  const modes = async (settings: Partial<ZipEntry>) => (await packed(file('f', settings))).f!.mode;
  expect(await modes({})).toBe('100644');
  expect(await modes({ executable: true })).toBe('100755');
  expect(await modes({ executable: true, mode: 0o700 })).toBe('100700');
  expect(await modes({ executable: false, mode: 0o600 })).toBe('100600');
  // Nothing that wasn't shown as one.
  expect(await modes({ executable: false, mode: 0o755 })).toBe('100644');
  // Whoever unpacks it can read it.
  expect(await modes({ mode: 0 })).toBe('100400');
});

test('a folder has its time and permissions, and its owner can work in it', async () => {
  const folder = { path: 'd', modifiedMs: 1_000_000_001_000, content: null };
  expect((await packed(folder))['d/']).toMatchObject({ mode: '40755', seconds: 1_000_000_001 });
  expect((await packed({ ...folder, mode: 0o050 }))['d/']!.mode).toBe('40750');
});

test('pieces of content pass through as they are, and the next is asked for when the consumer is done', async () => {
  const steps: string[] = [];
  const bytes = Buffer.from('same');
  async function* pieces() {
    yield bytes;
    steps.push('asked again');
  }
  for await (const piece of makeZip([
    { path: 'f', modifiedMs: 0, content: { sizeBytes: 4, pieces: pieces() } },
  ])) {
    if (piece === bytes) steps.push('taken');
  }
  expect(steps).toEqual(['taken', 'asked again']);
});

test('whoever stops in between ends the reading of the file', async () => {
  let isEnded = false;
  async function* pieces() {
    try {
      for (;;) yield Buffer.from('x');
    } finally {
      isEnded = true;
    }
  }
  let taken = 0;
  for await (const _ of makeZip([
    { path: 'f', modifiedMs: 0, content: { sizeBytes: null, pieces: pieces() } },
  ])) {
    taken += 1;
    if (taken === 3) break;
  }
  expect(isEnded).toBe(true);
});

test('a long directory comes in a few pieces', async () => {
  const pieces = await piecesOf(
    Array.from({ length: 2000 }, (_, i) => ({ path: `${i}`, modifiedMs: 0, content: null })),
  );
  // The local headers, the directory of some 120 kB, and its end.
  expect(pieces.length).toBe(2000 + 2 + 1);
});

test('the checksum is CRC-32, however the bytes are cut', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
  expect(crc32(Buffer.from('The quick brown fox jumps over the lazy dog'))).toBe(0x414fa339);
  const bytes = Uint8Array.from({ length: 67 }, (_, i) => (i * 151) >> 2);
  const whole = crc32(bytes);
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(whole);
  }
});
