import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url } from '../../src/foundation/base64url.ts';
import { u64, utf8 } from '../../src/foundation/bytes.ts';
import { ERROR_TABLE, type ErrorCode } from '../../src/foundation/error-table.ts';
import { rangeMessages } from '../../src/foundation/index-ranges.ts';
import {
  type ControlMessage,
  encodeControlMessage,
  parseControlMessage,
} from '../../src/wire/control-message.ts';
import { dataHeaderBytes, parseDataBody, type Slice, writeDataHeader } from '../../src/wire/data-record.ts';
import { encodeDigestsBody, parseDigestsBody } from '../../src/wire/digests-record.ts';
import { encodeGreeting, parseGreeting } from '../../src/wire/greeting.ts';
import {
  CHUNK_BYTES,
  MAX_ENTRIES,
  MAX_FEATURE_LENGTH,
  MAX_FEATURES,
  MAX_GREETING_BYTES,
  MAX_PAGE_ENTRIES,
  MAX_PATHS_BYTES,
  MAX_RECORD_BYTES,
  MAX_SLICES,
  MAX_TEXT_BYTES,
  MAX_UNSENT,
} from '../../src/wire/limits.ts';
import { ManifestReader, manifestPages } from '../../src/wire/manifest.ts';
import { decodeRecord, encodeRecord, RECORD_HEADER_BYTES } from '../../src/wire/record.ts';

const violation = expect.objectContaining({ code: 'protocol-violation' });
const updateNeeded = expect.objectContaining({ code: 'update-needed' });
const limit = expect.objectContaining({ code: 'limit-exceeded' });
const natural = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const index = fc.integer({ min: 0, max: MAX_ENTRIES });
const wireCodes = (Object.keys(ERROR_TABLE) as ErrorCode[]).filter((code) => ERROR_TABLE[code].wire !== null);
const code = fc.constantFrom(...wireCodes);
const ranges = fc.array(fc.tuple(index, index).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a])));
const fileOrNull = fc.option(index, { nil: null });

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes));

const anyMessage: fc.Arbitrary<ControlMessage> = fc.oneof(
  fc.record({
    type: fc.constant('manifest-end' as const),
    entries: fc.integer({ min: 1, max: MAX_ENTRIES }),
  }),
  fc.record({
    type: fc.constant('manifest-end' as const),
    entries: fc.constant(1),
    unsent: fc.integer({ min: 0, max: MAX_UNSENT }),
  }),
  fc.record({
    type: fc.constant('skip' as const),
    ranges,
  }),
  fc.record({ type: fc.constant('delivered' as const), ranges }),
  fc.record({ type: fc.constant('refuse' as const), ranges, code }),
  fc.record({
    type: fc.constant('compare' as const),
    files: fc.array(fc.tuple(index, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }))),
  }),
  fc.record({
    type: fc.constant('accept' as const),
    limit: natural,
    lanes: fc.integer({ min: 1, max: 16 }),
    pin: digest,
  }),
  fc.record({ type: fc.constant('decline' as const), code, file: fileOrNull }),
  fc.record({
    type: fc.constant('ack' as const),
    files: index,
    durable: natural,
    limit: natural,
    done: ranges,
  }),
  fc.record(
    {
      type: fc.constant('open-lane' as const),
      lane: fc.integer({ min: 1, max: 15 }),
      path: fc.constantFrom('tcp' as const, 'quic' as const),
    },
    { requiredKeys: ['type', 'lane'] },
  ),
  fc.record({ type: fc.constant('file-failed' as const), file: index, code }),
  fc.record({ type: fc.constant('end' as const), records: natural }),
  fc.record({
    type: fc.constant('receipt' as const),
    files: natural,
    bytes: natural,
    digest,
  }),
  fc.record({ type: fc.constantFrom('bye' as const, 'withdraw' as const, 'withdrawn' as const) }),
  fc.record({ type: fc.constant('abort' as const), code, file: fileOrNull }),
);

describe('control messages', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(parseControlMessage(encodeControlMessage(message))).toEqual(message);
      }),
    );
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"type":7}',
    '{"type":"accept","limit":-1,"lanes":1}',
    '{"type":"accept","limit":1.5,"lanes":1}',
    '{"type":"accept","limit":9007199254740992,"lanes":1}',
    '{"type":"accept","limit":1,"lanes":17}',
    '{"type":"accept","limit":"1","lanes":1}',
    '{"type":"skip","ranges":[[2,1]]}',
    '{"type":"skip","ranges":[[1]]}',
    '{"type":"skip","ranges":{"length":1}}',
    '{"type":"open-lane","lane":0}',
    '{"type":"open-lane","lane":1,"path":"relay"}',
    '{"type":"open-lane","lane":1,"path":["quic"]}',
    '{"type":"receipt","files":1,"bytes":1,"digest":"AAAA"}',
    '{"type":"receipt","files":1,"bytes":1,"digest":"!"}',
    '{"type":"manifest","entries":"all"}',
    '{"type":"manifest-end","entries":0}',
    '{"type":"manifest-end","entries":1,"unsent":1000001}',
    '{"type":"manifest-end","entries":1,"unsent":-1}',
    '{"type":"manifest-end","entries":1,"unsent":"3"}',
  ])('refuse %s', (text) => {
    expect(() => parseControlMessage(utf8(text))).toThrow(violation);
  });

  it.each(['constructor', '__proto__', 'Note-x', 'notes', 'note', '', 'hello'])(
    'ask for an update where their type is “%s”',
    (type) => expect(() => parseControlMessage(utf8(JSON.stringify({ type })))).toThrow(updateNeeded),
  );

  it.each(['note-', 'note-presence', 'note-\u0000'])('are ignorable where their type is “%s”', (type) => {
    expect(parseControlMessage(utf8(JSON.stringify({ type, any: [1] })))).toBeNull();
  });

  it('refuse what isn’t UTF-8', () => {
    expect(() => parseControlMessage(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow(violation);
  });

  it('take an unknown reason as a cancellation', () => {
    expect(parseControlMessage(utf8('{"type":"abort","code":999}'))).toEqual({
      type: 'abort',
      code: 'cancelled',
      file: null,
    });
  });

  it('survive any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parseControlMessage(bytes);
        } catch (error) {
          expect(error).toMatchObject({
            code: expect.stringMatching(/^(protocol-violation|update-needed)$/),
          });
        }
      }),
    );
  });
});

describe('data bodies', () => {
  const slice: fc.Arbitrary<Slice> = fc.record({
    fileIndex: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    offset: fc.integer({ min: 0, max: 2 ** 33 }).map((chunk) => chunk * CHUNK_BYTES),
    length: fc.integer({ min: 1, max: CHUNK_BYTES / 64 }),
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(natural, fc.array(slice, { minLength: 1, maxLength: 64 }), (sequence, slices) => {
        const plaintext = new Uint8Array(dataHeaderBytes(slices.length) + 3);
        writeDataHeader(plaintext, sequence, slices);
        const payloadBytes = slices.reduce((sum, { length }) => sum + length, 0);
        const parsed = parseDataBody(plaintext.subarray(RECORD_HEADER_BYTES));
        expect(parsed).toMatchObject({ sequence, slices, payloadBytes });
        expect(parsed.payload.length).toBe(3);
      }),
    );
  });

  const body = (slices: Slice[], change: (bytes: Uint8Array<ArrayBuffer>) => void = () => {}) => {
    const plaintext = new Uint8Array(dataHeaderBytes(slices.length));
    writeDataHeader(plaintext, 0, slices);
    const bytes = plaintext.slice(RECORD_HEADER_BYTES);
    change(bytes);
    return bytes;
  };
  const one = { fileIndex: 0, offset: 0, length: 1 };

  it.each([
    ['too short', new Uint8Array(9)],
    ['no slices', body([one], (bytes) => bytes.set([0, 0], 8))],
    ['more slices than bytes', body([one], (bytes) => bytes.set([0, 2], 8))],
    ['too many slices', body([one], (bytes) => bytes.set([0xff, 0xff], 8))],
    ['an empty slice', body([{ ...one, length: 0 }])],
    ['a slice longer than a chunk', body([{ ...one, length: CHUNK_BYTES + 1 }])],
    ['an offset inside a chunk', body([{ ...one, offset: 1 }])],
    ['an offset beyond 2^53', body([one], (bytes) => bytes.fill(0xff, 14, 22))],
    ['a sequence beyond 2^53', body([one], (bytes) => bytes.fill(0xff, 0, 8))],
    ['slices of more than a chunk in all', body([{ ...one, length: CHUNK_BYTES }, one])],
  ])('refuse %s', (_what, bytes) => {
    expect(() => parseDataBody(bytes)).toThrow(violation);
  });

  it('hold as many slices as the limit', () => {
    const slices = Array.from({ length: MAX_SLICES }, (_, i) => ({ fileIndex: i, offset: 0, length: 1 }));
    expect(parseDataBody(body(slices)).slices).toHaveLength(MAX_SLICES);
  });
});

describe('digests bodies', () => {
  it('come back as they were', () => {
    const row = fc.record({
      fileIndex: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      sizeBytes: natural,
      digest,
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        expect(parseDigestsBody(encodeDigestsBody(rows))).toEqual(rows);
      }),
    );
  });

  it.each([0, 43, 45, 44 * 4097])('refuse %i bytes', (length) => {
    expect(() => parseDigestsBody(new Uint8Array(length))).toThrow(violation);
  });

  it('refuse a size beyond 2^53', () => {
    expect(() => parseDigestsBody(new Uint8Array(44).fill(0xff))).toThrow(violation);
  });
});

describe('records', () => {
  it('come back as they were', () => {
    expect(decodeRecord(encodeRecord('control', utf8('{}')))).toEqual({
      kind: 'control',
      zstd: false,
      body: utf8('{}'),
    });
    expect(decodeRecord(Uint8Array.of(2, 1, 9))).toEqual({
      kind: 'data',
      zstd: true,
      body: Uint8Array.of(9),
    });
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['one byte', Uint8Array.of(1)],
    ['more than the limit', new Uint8Array(MAX_RECORD_BYTES + 1).fill(1, 0, 1)],
  ])('refuse %s', (_what, bytes) => {
    expect(() => decodeRecord(bytes)).toThrow(violation);
  });

  it.each([
    ['a kind below 128', Uint8Array.of(127, 0)],
    ['kind 0', Uint8Array.of(0, 0)],
    ['a flag', Uint8Array.of(2, 4)],
    ['a flag beside a known one', Uint8Array.of(2, 3)],
    ['a flag of another kind', Uint8Array.of(1, 1)],
  ])('ask for an update where they have %s that isn’t known', (_what, bytes) => {
    expect(() => decodeRecord(bytes)).toThrow(updateNeeded);
  });

  it.each([128, 200, 255])('of kind %i are ignorable, whatever their flags', (kind) => {
    expect(decodeRecord(Uint8Array.of(kind, 0xff, 9))).toMatchObject({ kind: 'ignorable' });
    expect(() => decodeRecord(new Uint8Array(MAX_RECORD_BYTES + 1).fill(kind, 0, 1))).toThrow(violation);
    expect(() => decodeRecord(Uint8Array.of(kind))).toThrow(violation);
  });
});

describe('greetings', () => {
  const greeting = {
    versions: [2, 3],
    role: 'sender' as const,
    nonce: new Uint8Array(32).fill(5),
    lanes: 4,
    features: ['direct', 'share.1'],
  };

  it('come back as they were', () => {
    expect(parseGreeting(encodeGreeting(greeting))).toEqual(greeting);
  });

  it('may have as many features of as many letters as the limits say, or none', () => {
    const features = Array.from({ length: MAX_FEATURES }, (_, i) => `${i}`.padEnd(MAX_FEATURE_LENGTH, 'f'));
    const bytes = encodeGreeting({ ...greeting, features });
    expect(bytes.length).toBeLessThanOrEqual(MAX_GREETING_BYTES);
    expect(parseGreeting(bytes).features).toEqual(features);
    const { features: _none, ...without } = JSON.parse(Buffer.from(encodeGreeting(greeting)).toString());
    expect(parseGreeting(utf8(JSON.stringify(without))).features).toEqual([]);
  });

  it('of another version are told apart from broken ones, whatever else they say', () => {
    for (const text of ['{"versions":[2,4],"role":7}', '{"versions":[]}']) {
      expect(() => parseGreeting(utf8(text))).toThrow(expect.objectContaining({ code: 'peer-version' }));
    }
  });

  const nonce = 'A'.repeat(43);
  it.each([
    '{}',
    '{"versions":3}',
    '{"versions":["3"]}',
    '{"versions":[3],"role":"sender","nonce":"AA","lanes":1}',
    `{"versions":[3],"nonce":"${nonce}","lanes":1}`,
    `{"versions":[3],"role":"relay","nonce":"${nonce}","lanes":1}`,
    `{"versions":[3],"role":"sender","nonce":"${nonce}","lanes":17}`,
    ...[
      '7',
      '"direct"',
      '[7]',
      '[""]',
      '["Direct"]',
      '["a b"]',
      `["${'f'.repeat(MAX_FEATURE_LENGTH + 1)}"]`,
    ].map(
      (features) => `{"versions":[3],"role":"sender","nonce":"${nonce}","lanes":1,"features":${features}}`,
    ),
    JSON.stringify({
      ...{ versions: [3], role: 'sender', nonce, lanes: 1 },
      features: Array.from({ length: MAX_FEATURES + 1 }, (_, i) => `f${i}`),
    }),
  ])('refuse %s', (text) => {
    expect(() => parseGreeting(utf8(text))).toThrow(violation);
  });
});

describe('manifests', () => {
  const read = (...pages: unknown[][]) => {
    const reader = new ManifestReader();
    for (const page of pages) reader.add(page);
    return reader.finish(pages.flat().length);
  };

  it('come back as they were, in pages', () => {
    const entries = Array.from({ length: 5000 }, (_, i) => ({
      kind: (['file', 'folder', 'text'] as const)[i % 3]!,
      path: `päth/${i}/${'x'.repeat(i % 90)}`,
      sizeBytes: i % 3 === 1 ? 0 : i % 7 === 0 && i % 3 === 0 ? null : i,
      modifiedMs: i % 2 ? i : null,
      executable: i % 5 === 0,
    }));
    const pages = [...manifestPages(entries)].map((page) => JSON.parse(JSON.stringify(page)));
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(MAX_PAGE_ENTRIES);
    expect(read(...pages).entries).toEqual(entries.map((entry, i) => ({ ...entry, index: i })));
  });

  it('count what is in them', () => {
    expect(
      read([
        { path: 'a', size: 3 },
        { path: 'f', kind: 'folder' },
        { path: 'b', size: null },
      ]),
    ).toMatchObject({
      files: 2,
      bytes: 3,
      unsized: true,
    });
  });

  it.each([
    ['an entry that is no object', [7]],
    ['an unknown kind', [{ path: 'a', kind: 'link', size: 1 }]],
    ['a negative size', [{ path: 'a', size: -1 }]],
    ['no path', [{ size: 1 }]],
    ['a path that is no text', [{ path: 7, size: 1 }]],
    ['a flag that is no flag', [{ path: 'a', size: 1, executable: 1 }]],
  ])('refuse %s', (_what, page) => {
    expect(() => read(page)).toThrow(violation);
  });

  it('refuse a wrong count', () => {
    expect(() => new ManifestReader().finish(1)).toThrow(violation);
  });

  it('hold their limits', () => {
    expect(() => read([{ path: 'm', kind: 'text', size: MAX_TEXT_BYTES + 1 }])).toThrow(limit);
    expect(() => read([{ path: 'm', kind: 'text', size: null }])).toThrow(limit);
    const reader = new ManifestReader();
    const long = { path: 'x'.repeat(1024 * 1024), size: 1 };
    const fill = () => {
      for (let i = 0; i <= MAX_PATHS_BYTES / long.path.length; i += 1) reader.add([long]);
    };
    expect(fill).toThrow(limit);
    const crowded = new ManifestReader();
    const page = Array.from({ length: 4000 }, () => ({ path: 'a', size: 1 }));
    for (let i = 0; i < MAX_ENTRIES / page.length; i += 1) crowded.add(page);
    expect(() => crowded.add([{ path: 'a', size: 1 }])).toThrow(limit);
  });
});

describe('skipped entries', () => {
  it('become ascending, disjoint ranges', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 300 })), (indices) => {
        const ranges = [...rangeMessages(indices, (ranges) => ({ type: 'skip', ranges }))].flatMap(
          (message) => (message.type === 'skip' ? message.ranges : []),
        );
        const back = ranges.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, i) => first + i),
        );
        expect(back).toEqual([...indices].sort((a, b) => a - b));
        for (const [i, [first]] of ranges.slice(1).entries())
          expect(first).toBeGreaterThan(ranges[i]![1] + 1);
      }),
    );
  });

  it('are told in messages of bounded length', () => {
    const indices = Array.from({ length: 20_000 }, (_, i) => i * 2);
    const messages = [...rangeMessages<ControlMessage>(indices, (ranges) => ({ type: 'delivered', ranges }))];
    expect(messages).toHaveLength(3);
    for (const message of messages)
      expect(encodeControlMessage(message).length).toBeLessThan(MAX_RECORD_BYTES);
  });
});

describe('base64url', () => {
  it('comes back as it was, as Buffer has it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(encodeBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
        expect(decodeBase64url(encodeBase64url(bytes))).toEqual(new Uint8Array(bytes));
      }),
    );
    expect(decodeBase64url('a')).toBeNull();
    expect(decodeBase64url('a+/=')).toBeNull();
  });
});

describe('u64', () => {
  it('is big-endian', () => expect([...u64(2 ** 40 + 1)]).toEqual([0, 0, 1, 0, 0, 0, 0, 1]));
});
