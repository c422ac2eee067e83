// An authenticated but hostile or buggy sender, record by record, against the receiver's pipeline.
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ContentReceiver } from '../../src/content/receive-content.ts';
import { FileDigest } from '../../src/crypto/file-digest.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { RefusedChunks } from '../../src/delta/refused-chunks.ts';
import { AckMeter } from '../../src/flow/ack-meter.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import type { ByteSink } from '../../src/ports/byte-sink.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';
import { LazyZstd } from '../../src/ports/zstd.ts';
import { dataHeaderBytes, type Slice, writeDataHeader } from '../../src/wire/data-record.ts';
import { encodeDigestsBody } from '../../src/wire/digests-record.ts';
import { CHUNK_BYTES, MAX_LET_GO_BYTES } from '../../src/wire/limits.ts';
import { countContent } from '../../src/wire/manifest.ts';
import { RECORD_HEADER_BYTES } from '../../src/wire/record.ts';
import { MemoryFolder } from '../transfer/rig/memory-files.ts';
import { zstdCodec } from '../transfer/rig/zstd-codec.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));

function entry(index: number, sizeBytes: number | null, kind: ManifestEntry['kind'] = 'file'): ManifestEntry {
  return { index, kind, path: `${index}`, sizeBytes, modifiedMs: null, executable: false };
}

function digestOf(content: Uint8Array): Bytes {
  const file = new FileDigest();
  for (let at = 0; at < content.length; at += CHUNK_BYTES) {
    const chunk = content.subarray(at, at + CHUNK_BYTES);
    file.add(at / CHUNK_BYTES, new Uint8Array(createHash('sha256').update(chunk).digest()));
  }
  return file.finish(content.length);
}

function rig(
  entries: ManifestEntry[],
  { windowBytes = 4 * CHUNK_BYTES, skip = new Set<number>(), keepsApart = false } = {},
) {
  const folder = Object.assign(new MemoryFolder(), keepsApart && { finishWithout: async () => {} });
  const texts: string[] = [];
  const unsaved: string[] = [];
  let settle: (outcome: unknown) => void = () => {};
  const outcome = new Promise<unknown>((resolve) => {
    settle = resolve;
  });
  const time = { ms: 0 };
  const clock = { nowMs: () => time.ms, after: () => () => {} };
  const acks: { durable: number; limit: number }[] = [];
  const meter = new AckMeter(windowBytes, clock, (ack) => acks.push(ack));
  const receiver = new ContentReceiver({ entries, ...countContent(entries) }, skip, {
    sink: folder,
    compared: new Map(),
    refused: new RefusedChunks([], () => {}),
    answer: async () => {},
    onHashed: () => {},
    countUnsized() {},
    meter,
    clock,
    zstd: new LazyZstd(zstdCodec),
    bulk: webBulkCrypto,
    onText: (text) => texts.push(text),
    onFileDone: () => {},
    onUnsaved: ({ path }) => unsaved.push(path),
    onFailed: settle,
    onComplete: (failure) => settle(failure ?? 'complete'),
  });
  let sequence = 0;
  const data = (slices: Slice[], payload: Uint8Array, isZstd = false) => {
    const plaintext = new Uint8Array(dataHeaderBytes(slices.length) + payload.length);
    writeDataHeader(plaintext, sequence++, slices);
    plaintext.set(payload, dataHeaderBytes(slices.length));
    return receiver.take({ kind: 'data', zstd: isZstd, body: plaintext.subarray(RECORD_HEADER_BYTES) });
  };
  const chunk = (fileIndex: number, offset: number, bytes: Uint8Array) =>
    data([{ fileIndex, offset, length: bytes.length }], bytes);
  const final = (fileIndex: number, sizeBytes: number, digest: Bytes) =>
    receiver.take({
      kind: 'digests',
      zstd: false,
      body: encodeDigestsBody([{ fileIndex, sizeBytes, digest }]),
    });
  return { receiver, folder, texts, unsaved, outcome, data, chunk, final, time, acks };
}

/** Turns of the event loop, for what must not happen in them. */
async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const violation = expect.objectContaining({ code: 'protocol-violation' });

describe('content', () => {
  it('may come in any order, digests first', async () => {
    const [a, b] = [random(3 * CHUNK_BYTES + 9), random(10)];
    const { receiver, folder, outcome, chunk, final } = rig([
      entry(0, a.length),
      entry(1, b.length),
      entry(2, 0),
    ]);
    final(0, a.length, digestOf(a));
    chunk(0, 3 * CHUNK_BYTES, a.subarray(3 * CHUNK_BYTES));
    chunk(1, 0, b);
    chunk(0, CHUNK_BYTES, a.subarray(CHUNK_BYTES, 2 * CHUNK_BYTES));
    final(2, 0, digestOf(new Uint8Array(0)));
    receiver.end(8);
    chunk(0, 0, a.subarray(0, CHUNK_BYTES));
    final(1, b.length, digestOf(b));
    chunk(0, 2 * CHUNK_BYTES, a.subarray(2 * CHUNK_BYTES, 3 * CHUNK_BYTES));
    expect(await outcome).toBe('complete');
    expect(Buffer.compare(folder.files.get('0')!, a)).toBe(0);
    expect(folder.files.get('2')).toHaveLength(0);
    expect(receiver.digests).toMatchObject({ files: 3, bytes: a.length + b.length });
  });

  it('is not accepted under a wrong digest', async () => {
    const content = random(100);
    for (const wrong of [digestOf(random(100)), new Uint8Array(32)]) {
      const { folder, outcome, chunk, final } = rig([entry(0, 100)]);
      chunk(0, 0, content);
      final(0, 100, wrong);
      expect(await outcome).toMatchObject({ code: 'digest-mismatch' });
      expect(folder.files.size + folder.parts.size).toBe(0);
    }
  });

  it('of unknown length must be whole', async () => {
    const content = random(CHUNK_BYTES + 20);
    const { folder, chunk, final, acks } = rig([entry(0, null)]);
    // A short chunk in the middle leaves a hole, though the sum is right.
    chunk(0, 0, content.subarray(0, CHUNK_BYTES - 10));
    expect(() => chunk(0, CHUNK_BYTES, content.subarray(0, 30))).toThrow(violation);
    final(0, CHUNK_BYTES - 10 + 5, digestOf(content));
    chunk(0, 2 * CHUNK_BYTES, content.subarray(0, CHUNK_BYTES));
    await vi.waitFor(() => expect(acks).toHaveLength(2));
    await turns();
    expect(folder.files.size).toBe(0);
  });

  it('ends early only as a violation', async () => {
    const { receiver, outcome, chunk } = rig([entry(0, 100), entry(1, 5)]);
    chunk(0, 0, random(100));
    receiver.end(1);
    expect(await outcome).toEqual(violation);
  });

  it('that fails at the sender is removed, and what still comes of it is let go', async () => {
    const { receiver, folder, outcome, chunk, final } = rig([entry(0, 2 * CHUNK_BYTES), entry(1, 3)]);
    chunk(0, 0, random(CHUNK_BYTES));
    receiver.fileFailed(0);
    chunk(0, CHUNK_BYTES, random(CHUNK_BYTES));
    const small = random(3);
    chunk(1, 0, small);
    final(1, 3, digestOf(small));
    receiver.end(4);
    expect(await outcome).toBe('complete');
    expect([...folder.files.keys()]).toEqual(['1']);
    expect(folder.parts.size).toBe(0);
    expect(receiver.digests.files).toBe(1);
  });

  it('of a message is text', async () => {
    const text = new TextEncoder().encode('día');
    const good = rig([entry(0, text.length, 'text')]);
    good.chunk(0, 0, text);
    good.final(0, text.length, digestOf(text));
    good.receiver.end(2);
    expect(await good.outcome).toBe('complete');
    expect(good.texts).toEqual(['día']);
    const bad = rig([entry(0, 2, 'text')]);
    const bytes = Uint8Array.of(0xff, 0xfe);
    bad.chunk(0, 0, bytes);
    bad.final(0, 2, digestOf(bytes));
    expect(await bad.outcome).toEqual(violation);
    expect(bad.texts).toEqual([]);
  });
});

describe('a violation is', () => {
  const full = random(CHUNK_BYTES);
  const cases: [string, (r: ReturnType<typeof rig>) => void][] = [
    ['a file beyond the manifest', (r) => r.chunk(9, 0, full)],
    ['a folder’s content', (r) => r.chunk(2, 0, full)],
    ['a skipped file’s content', (r) => r.chunk(3, 0, full)],
    ['a chunk beyond the end', (r) => r.chunk(0, 2 * CHUNK_BYTES, full)],
    ['a short chunk before the end', (r) => r.chunk(0, 0, full.subarray(1))],
    ['a chunk longer than what is left', (r) => r.chunk(1, 0, full)],
    ['a chunk that came before', (r) => [r.chunk(0, 0, full), r.chunk(0, 0, full)]],
    [
      'a chunk twice in one record',
      (r) =>
        r.data(
          [
            { fileIndex: 1, offset: 0, length: 5 },
            { fileIndex: 1, offset: 0, length: 5 },
          ],
          random(10),
        ),
    ],
    ['a payload shorter than its slices', (r) => r.data([{ fileIndex: 1, offset: 0, length: 5 }], random(4))],
    ['a payload longer than its slices', (r) => r.data([{ fileIndex: 1, offset: 0, length: 5 }], random(6))],
    [
      'a compressed payload that is no frame',
      (r) => r.data([{ fileIndex: 1, offset: 0, length: 5 }], random(5), true),
    ],
    ['more than was granted', (r) => [0, 1, 2, 3, 4].map((i) => r.chunk(4, i * CHUNK_BYTES, full))],
    ['another size than the manifest’s', (r) => r.final(1, 6, new Uint8Array(32))],
    [
      'two digests of one file',
      (r) => [
        r.final(0, 2 * CHUNK_BYTES, new Uint8Array(32)),
        r.final(0, 2 * CHUNK_BYTES, new Uint8Array(32)),
      ],
    ],
    ['the failure of a file not due', (r) => r.receiver.fileFailed(2)],
    ['the failure of a file that isn’t', (r) => r.receiver.fileFailed(99)],
    ['fewer records than came', (r) => [r.chunk(0, 0, full), r.receiver.end(0)]],
    ['a record after the last', (r) => [r.receiver.end(0), r.chunk(0, 0, full)]],
    ['two ends', (r) => [r.receiver.end(1), r.receiver.end(1)]],
  ];

  it.each(cases)('%s', (_what, commit) => {
    const r = rig(
      [entry(0, 2 * CHUNK_BYTES), entry(1, 5), entry(2, 0, 'folder'), entry(3, CHUNK_BYTES), entry(4, null)],
      {
        skip: new Set([3]),
      },
    );
    expect(() => commit(r)).toThrow(violation);
  });

  it('a frame that states more than its slices', async () => {
    const zstd = await zstdCodec();
    const bomb = await zstd.compress(new Uint8Array(2 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(2000);
    const r = rig([entry(0, CHUNK_BYTES)]);
    expect(() => r.data([{ fileIndex: 0, offset: 0, length: CHUNK_BYTES }], bomb, true)).toThrow(violation);
  });

  it('a frame that holds other than it states', async () => {
    const zstd = await zstdCodec();
    const frame = await zstd.compress(new Uint8Array(CHUNK_BYTES));
    const slices = [{ fileIndex: 0, offset: 0, length: CHUNK_BYTES }];
    for (const broken of [frame.slice(0, -3), new Uint8Array([...frame, ...frame])]) {
      expect(() => rig([entry(0, CHUNK_BYTES)]).data(slices, broken, true)).toThrow(violation);
    }
    // One block, of a zero repeated 131,071 times.
    const shorter = Buffer.from('28b52ffda000000400fbff0f00', 'hex');
    const r = rig([entry(0, CHUNK_BYTES)]);
    r.data(slices, shorter, true);
    expect(await r.outcome).toEqual(violation);
  });
});

describe('many small files', () => {
  it('hold up the next record while too many are under way', async () => {
    const r = rig(Array.from({ length: 3000 }, (_, i) => entry(i, 1)));
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    r.folder.beforeWrite = () => held;
    const one = new Uint8Array(1);
    for (let i = 0; i < 2047; i += 1) r.chunk(i, 0, one);
    expect(r.chunk(2047, 0, one)).toBeUndefined();
    for (let i = 2048; i < 2099; i += 1) r.chunk(i, 0, one);
    let hasRoom = false;
    const room = r.chunk(2099, 0, one)!.then(() => {
      hasRoom = true;
    });
    await turns();
    expect(hasRoom).toBe(false);
    release();
    for (let i = 0; i < 100; i += 1) r.final(i, 1, digestOf(one));
    await room;
    const last = r.chunk(2100, 0, one);
    await r.receiver.stop();
    await last;
  });
});

describe('on a slow line', () => {
  it('a file is flushed about once a second, so that progress is seen', async () => {
    const r = rig([entry(0, 4 * CHUNK_BYTES)]);
    r.chunk(0, 0, random(CHUNK_BYTES));
    await vi.waitFor(() => expect(r.acks).toHaveLength(1));
    expect(r.acks.map(({ durable }) => durable)).not.toContain(CHUNK_BYTES);
    r.time.ms = 1500;
    r.chunk(0, CHUNK_BYTES, random(CHUNK_BYTES));
    await vi.waitFor(() => expect(r.acks.at(-1)?.durable).toBe(2 * CHUNK_BYTES));
  });
});

describe('a file that this end cannot save', () => {
  const refusal = new TransferError('sink-failed', 'blocked');
  function blocked(sizes: number[], windowBytes = 4 * CHUNK_BYTES) {
    const r = rig(
      sizes.map((size, i) => entry(i, size)),
      { windowBytes, keepsApart: true },
    );
    const open = r.folder.openFile.bind(r.folder);
    r.folder.openFile = async (each) => (each.index === 0 ? Promise.reject(refusal) : open(each));
    return r;
  }

  it('holds up no other, and the session ends with that once the others are here, whatever is still to come', async () => {
    const r = blocked([40 * CHUNK_BYTES, 3, 0]);
    const small = random(3);
    // More than one window of it: what is let go is granted anew.
    for (let i = 0; i < 8; i += 1) {
      const granted = () => r.acks.at(-1)?.limit ?? 4 * CHUNK_BYTES;
      await vi.waitFor(() => expect(granted()).toBeGreaterThan(i * CHUNK_BYTES));
      r.chunk(0, i * CHUNK_BYTES, new Uint8Array(CHUNK_BYTES));
    }
    await vi.waitFor(() => expect(r.unsaved).toEqual(['0']));
    r.chunk(1, 0, small);
    r.final(1, 3, digestOf(small));
    await vi.waitFor(() => expect(r.folder.files.size).toBe(1));
    r.final(2, 0, digestOf(new Uint8Array(0)));
    expect(await r.outcome).toBe(refusal);
    expect([...r.folder.files.keys()].sort()).toEqual(['1', '2']);
    expect(r.receiver.digests.files).toBe(2);
    // What is on the way is no fault of the sender's.
    r.chunk(0, 8 * CHUNK_BYTES, new Uint8Array(CHUNK_BYTES));
    await r.receiver.stop();
  });

  it('ends the session at once where no other is to come', async () => {
    const r = blocked([40 * CHUNK_BYTES]);
    r.chunk(0, 0, new Uint8Array(CHUNK_BYTES));
    expect(await r.outcome).toBe(refusal);
  });

  it('ends it when too much of it comes', async () => {
    const chunks = MAX_LET_GO_BYTES / CHUNK_BYTES;
    const r = blocked([(chunks + 9) * CHUNK_BYTES, 3], (chunks + 9) * CHUNK_BYTES);
    for (let i = 0; i <= chunks; i += 1) r.chunk(0, i * CHUNK_BYTES, new Uint8Array(CHUNK_BYTES));
    expect(await r.outcome).toBe(refusal);
  });

  it('that cannot get its name keeps its part, and may fail at the sender all the same', async () => {
    const r = rig([entry(0, 3), entry(1, 3)], { keepsApart: true });
    const bytes = random(3);
    const open = r.folder.openFile.bind(r.folder);
    r.folder.openFile = async (each) => {
      const file = await open(each);
      return each.index === 0 ? { ...bound(file), commit: () => Promise.reject(refusal) } : file;
    };
    r.chunk(0, 0, bytes);
    r.final(0, 3, digestOf(bytes));
    await vi.waitFor(() => expect(r.unsaved).toEqual(['0']));
    expect(r.folder.parts.size).toBe(1);
    r.receiver.fileFailed(0);
    r.chunk(1, 0, bytes);
    r.final(1, 3, digestOf(bytes));
    expect(await r.outcome).toBe(refusal);
    expect([...r.folder.files.keys()]).toEqual(['1']);
  });

  it('counts once where it fails at both ends: the others are still waited for', async () => {
    const r = rig([entry(0, 3), entry(1, 3), entry(2, 3)], { keepsApart: true });
    const bytes = random(3);
    const open = r.folder.openFile.bind(r.folder);
    let refuse = () => {};
    const held = new Promise<ByteSink>((_, reject) => {
      refuse = () => reject(refusal);
    });
    r.folder.openFile = (each) => (each.index === 0 ? held : open(each));
    r.chunk(0, 0, bytes);
    expect(r.receiver.fileFailed(0)).toBe(true);
    refuse();
    r.chunk(1, 0, bytes);
    r.final(1, 3, digestOf(bytes));
    await vi.waitFor(() => expect(r.folder.files.size).toBe(1));
    r.chunk(2, 0, bytes);
    r.final(2, 3, digestOf(bytes));
    r.receiver.end(5);
    expect(await r.outcome).toBe('complete');
    expect([...r.folder.files.keys()].sort()).toEqual(['1', '2']);
    expect(r.unsaved).toEqual([]);
  });

  it('is said to fail at the sender once, and not a million times', async () => {
    const r = blocked([4 * CHUNK_BYTES, 3]);
    r.chunk(0, 0, new Uint8Array(CHUNK_BYTES));
    await vi.waitFor(() => expect(r.unsaved).toEqual(['0']));
    expect(r.receiver.fileFailed(0)).toBe(false);
    expect(() => r.receiver.fileFailed(0)).toThrow(violation);
    await r.receiver.stop();
  });

  const bound = (file: ByteSink): ByteSink => ({
    write: (offset, bytes) => file.write(offset, bytes),
    flush: () => file.flush(),
    commit: () => file.commit(),
    abandon: (keep) => file.abandon(keep),
  });
});

describe('stopping', () => {
  it('keeps parts, and does not wait for files that wait for a place', async () => {
    const entries = Array.from({ length: 200 }, (_, i) => entry(i, 2 * CHUNK_BYTES));
    const r = rig(entries, { windowBytes: 200 * CHUNK_BYTES });
    for (let i = 0; i < 200; i += 1) r.chunk(i, 0, new Uint8Array(CHUNK_BYTES));
    await vi.waitFor(() => expect(r.folder.parts.size).toBeGreaterThan(0));
    await r.receiver.stop();
    expect(r.folder.files.size).toBe(0);
    // No more files than allowed were ever open.
    expect(r.folder.parts.size).toBeLessThanOrEqual(48);
  });

  it('turns away a write that waits in the sink', async () => {
    const r = rig([entry(0, 2 * CHUNK_BYTES)]);
    let turnAway = () => {};
    const waiting = new Promise<void>((_, reject) => {
      turnAway = () => reject(new Error('turned away'));
    });
    r.folder.beforeWrite = () => waiting;
    Object.assign(r.folder, { stop: turnAway });
    r.chunk(0, 0, new Uint8Array(CHUNK_BYTES));
    await r.receiver.stop();
    expect(r.folder.parts.size).toBe(1);
  });
});
