// A file that lies at the receiver under its final name, once its chunks are compared: left alone, copied, or found to have changed.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FileDigest } from '../../src/crypto/file-digest.ts';
import { webBulkCrypto as bulk } from '../../src/crypto/web-bulk-crypto.ts';
import { ComparedFile } from '../../src/delta/compared-file.ts';
import { concat } from '../../src/foundation/bytes.ts';
import type { ByteSink, ExistingContent } from '../../src/ports/byte-sink.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';

const SIZE = 2 * CHUNK_BYTES + 9;

/** A file of three chunks, all of them told. */
async function compared() {
  const bytes = new Uint8Array(randomBytes(SIZE));
  const disk = { isUntouched: true, reads: 0, open: 0 };
  const source = {
    async read(offset: number, into: Uint8Array) {
      disk.reads += 1;
      const found = bytes.subarray(offset, offset + into.length);
      into.set(found);
      return found.length;
    },
    isUnchanged: async () => true,
    async close() {
      disk.open -= 1;
    },
  };
  const content: ExistingContent = {
    sizeBytes: SIZE,
    isFinal: true,
    identity: 'a',
    version: '1',
    async open() {
      disk.open += 1;
      return source;
    },
    isUntouched: async () => disk.isUntouched,
    adopt: () => Promise.reject(new Error('a file under its final name is no part')),
  };
  const entry = {
    index: 0,
    kind: 'file',
    path: 'a',
    sizeBytes: SIZE,
    modifiedMs: null,
    executable: false,
  } as const;
  const file = new ComparedFile(entry, content, 3);
  const whole = new FileDigest();
  const digests = [];
  for (let chunk = 0; chunk < 3; chunk += 1) {
    const digest = await bulk.sha256(bytes.slice(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES));
    whole.add(chunk, digest);
    digests.push(digest);
  }
  file.tell(0, concat(...digests));
  const final = { fileIndex: 0, sizeBytes: SIZE, digest: whole.finish(SIZE) };
  return { file, bytes, disk, final };
}

/** A part in memory. */
function part() {
  const written = new Uint8Array(SIZE);
  const sink: ByteSink = {
    async write(offset, bytes) {
      written.set(bytes, offset);
    },
    async flush() {},
    async commit() {},
    async abandon() {},
  };
  return { sink, written };
}

describe('a file that lies under its final name', () => {
  it('may stand only as one of its size that did not change while it was read', async () => {
    const { file, final } = await compared();
    expect(file.mayStandAs(final)).toBe(true);
    expect(file.mayStandAs({ ...final, sizeBytes: SIZE - 1 })).toBe(false);
    file.isStale = true;
    expect(file.mayStandAs(final)).toBe(false);
  });

  it('is read again before it is left alone when anything touched it, and not otherwise', async () => {
    const { file, bytes, disk, final } = await compared();
    await file.expectStill(final, bulk);
    expect(disk.reads).toBe(0);
    disk.isUntouched = false;
    await file.expectStill(final, bulk);
    expect(disk.reads).toBe(3);
    bytes[CHUNK_BYTES]! ^= 1;
    await expect(file.expectStill(final, bulk)).rejects.toMatchObject({ code: 'part-changed' });
    expect(disk.open).toBe(0);
  });

  it('gives the part just the chunks that were left, and none that changed since', async () => {
    const { file, bytes, disk } = await compared();
    const { sink, written } = part();
    expect(file.hasLeft).toBe(false);
    file.leave(0);
    file.leave(2);
    await file.copyLeft(sink, bulk, () => false);
    const expected = bytes.slice();
    expected.fill(0, CHUNK_BYTES, 2 * CHUNK_BYTES);
    expect(Buffer.compare(written, expected)).toBe(0);
    disk.isUntouched = false;
    bytes[2 * CHUNK_BYTES]! ^= 1;
    await expect(file.copyLeft(sink, bulk, () => false)).rejects.toMatchObject({ code: 'part-changed' });
    await expect(file.copyLeft(sink, bulk, () => true)).rejects.toMatchObject({ code: 'interrupted' });
    expect(disk.open).toBe(0);
  });
});
