import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { IncomingFile } from '../../src/content/incoming-file.ts';
import { FileDigest } from '../../src/crypto/file-digest.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';
import { MemoryFolder } from '../transfer/rig/memory-files.ts';

const NAME = 'a file';
const violation = expect.objectContaining({ code: 'protocol-violation' });

const random = (length: number): Bytes => new Uint8Array(randomBytes(length));

/** Its final size and digest, as the sender tells them. */
function finalOf(content: Bytes) {
  const file = new FileDigest();
  for (let at = 0; at < content.length; at += CHUNK_BYTES) {
    const chunk = content.subarray(at, at + CHUNK_BYTES);
    file.add(at / CHUNK_BYTES, new Uint8Array(createHash('sha256').update(chunk).digest()));
  }
  return { fileIndex: 0, sizeBytes: content.length, digest: file.finish(content.length) };
}

/** A file of which `content` comes, and what became of it. */
function arriving(content: Bytes, offeredBytes: number | null = content.length) {
  const folder = new MemoryFolder();
  const clock = new FakeClock();
  const told = { written: 0, durable: 0, opened: 0 };
  const entry: ManifestEntry = {
    index: 0,
    kind: 'file',
    path: NAME,
    sizeBytes: offeredBytes,
    modifiedMs: null,
    executable: false,
  };
  const file = new IncomingFile(entry, null, {
    clock,
    bulk: webBulkCrypto,
    openSink: (wanted) => {
      told.opened += 1;
      return folder.openFile(wanted);
    },
    onKept: () => {},
    onWritten: (bytes) => {
      told.written += bytes;
    },
    onDurable: (bytes) => {
      told.durable += bytes;
    },
  });
  const chunk = async (offset: number, length = Math.min(CHUNK_BYTES, content.length - offset)) => {
    const slice = { fileIndex: 0, offset, length };
    file.accept(slice);
    await file.write(slice, content.slice(offset, offset + length));
  };
  return { file, folder, clock, told, chunk };
}

describe('an incoming file', () => {
  it.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 1])(
    'of %d bytes stands under its name only after its commit, last chunk first',
    async (sizeBytes) => {
      const content = random(sizeBytes);
      const { file, folder, told, chunk } = arriving(content);
      for (let at = Math.floor((sizeBytes - 1) / CHUNK_BYTES) * CHUNK_BYTES; at >= 0; at -= CHUNK_BYTES) {
        await chunk(at);
      }
      expect(file.isComplete).toBe(false);
      file.acceptFinal(finalOf(content));
      expect(file.isComplete).toBe(true);
      expect(folder.files.size).toBe(0);
      await file.commit();
      expect(Buffer.compare(folder.files.get(NAME)!, content)).toBe(0);
      expect(told).toEqual({ written: sizeBytes, durable: sizeBytes, opened: 1 });
    },
  );

  it('with a flipped bit never gets its name, and says why', async () => {
    const content = random(CHUNK_BYTES + 10);
    const { file, folder, chunk } = arriving(content);
    const final = finalOf(content);
    content[CHUNK_BYTES + 3]! ^= 1;
    await chunk(0);
    await chunk(CHUNK_BYTES);
    file.acceptFinal(final);
    await expect(file.commit()).rejects.toMatchObject({ code: 'digest-mismatch' });
    await file.abandon(false);
    expect([folder.files.size, folder.parts.size]).toEqual([0, 0]);
  });

  it.each<[string, number, number]>([
    ['beyond its end', 2 * CHUNK_BYTES, 11],
    ['a short one that is not the last', 0, 10],
    ['a last one that is too short', 2 * CHUNK_BYTES, 9],
  ])('refuses a chunk that does not fit: %s', (_name, offset, length) => {
    const { file } = arriving(random(2 * CHUNK_BYTES + 10));
    expect(() => file.accept({ fileIndex: 0, offset, length })).toThrow(violation);
  });

  it('refuses a chunk that comes twice', async () => {
    const { chunk } = arriving(random(2 * CHUNK_BYTES));
    await chunk(0);
    await expect(chunk(0)).rejects.toEqual(violation);
  });

  it('of unknown size has one end', async () => {
    const { file, chunk } = arriving(random(3 * CHUNK_BYTES), null);
    await chunk(2 * CHUNK_BYTES, 5);
    expect(() => file.accept({ fileIndex: 0, offset: 0, length: 7 })).toThrow(violation);
  });

  it('of unknown size with a hole is refused, though the sum of its bytes is right', async () => {
    const content = random(CHUNK_BYTES + 5);
    const { file, chunk, folder } = arriving(random(3 * CHUNK_BYTES), null);
    await chunk(0);
    await chunk(2 * CHUNK_BYTES, 5);
    file.acceptFinal(finalOf(content));
    expect(file.isComplete).toBe(true);
    await expect(file.commit()).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect(folder.files.size).toBe(0);
  });

  it('refuses a second digest, and a size that was not offered', () => {
    const content = random(100);
    const { file } = arriving(content);
    expect(() => file.acceptFinal({ ...finalOf(content), sizeBytes: 101 })).toThrow(violation);
    file.acceptFinal(finalOf(content));
    expect(() => file.acceptFinal(finalOf(content))).toThrow(violation);
  });

  it('that stands still is durable after a second, so that its progress is confirmed', async () => {
    const { told, chunk, clock } = arriving(random(3 * CHUNK_BYTES));
    await chunk(0);
    expect(told).toMatchObject({ written: CHUNK_BYTES, durable: 0 });
    clock.advance(999);
    await turn();
    expect(told.durable).toBe(0);
    clock.advance(1);
    await turn();
    expect(told.durable).toBe(CHUNK_BYTES);
  });

  it('is flushed every 16 MiB, however fast it comes', async () => {
    const chunks = 65;
    const { told, chunk } = arriving(new Uint8Array((chunks + 1) * CHUNK_BYTES));
    for (let i = 0; i < chunks; i += 1) await chunk(i * CHUNK_BYTES);
    await turn();
    expect(told.durable).toBe(64 * CHUNK_BYTES);
  });

  it.each([true, false])('that is abandoned keeps its part: %s; no timer of it stays', async (keep) => {
    const { file, folder, clock, chunk } = arriving(random(2 * CHUNK_BYTES));
    await chunk(0);
    expect(clock.pending).toBe(1);
    await file.abandon(keep);
    expect(clock.pending).toBe(0);
    expect(folder.parts.has(NAME)).toBe(keep);
    expect(folder.files.size).toBe(0);
  });

  it('whose disk fails fails its write, and can still be abandoned', async () => {
    const { file, folder, chunk } = arriving(random(CHUNK_BYTES));
    folder.beforeWrite = () => Promise.reject(new Error('no space'));
    await expect(chunk(0)).rejects.toThrow('no space');
    await file.abandon(true);
    expect(folder.files.size).toBe(0);
  });

  it('of which nothing came opens no sink when it is abandoned', async () => {
    const { file, told } = arriving(random(CHUNK_BYTES));
    await file.abandon(true);
    expect(told.opened).toBe(0);
  });
});

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
