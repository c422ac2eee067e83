// Which of two files that lie at the receiver is compared, and how one of them becomes a part.
import { describe, expect, test, vi } from 'vitest';
import { copyFinal, newerExisting } from '../../src/delta/newer-existing.ts';
import { equalBytes } from '../../src/foundation/bytes.ts';
import type { ByteSink } from '../../src/ports/byte-sink.ts';
import type { ByteSource } from '../../src/ports/byte-source.ts';

const of = (sizeBytes: number, modified: number) => ({ sizeBytes, modified });

describe('of an offered file is compared', () => {
  test.each([
    ['nothing where neither is there', null, null, null],
    ['the part alone', of(1, 1), null, 'part'],
    ['the final alone', null, of(1, 1), 'final'],
    ['the newer part', of(1, 2), of(9, 1), 'part'],
    ['the part of the same time', of(1, 1), of(9, 1), 'part'],
    ['the newer final', of(9, 1), of(1, 2), 'final'],
    ['the older final, where the part is empty', of(0, 2), of(1, 1), 'final'],
    ['nothing, where an empty part stands alone', of(0, 1), null, null],
    ['an empty final', null, of(0, 1), 'final'],
  ])('%s', (_, part, final, chosen) => {
    const found = newerExisting(part, final);
    expect(found === null ? null : Object.keys(found)[0]).toBe(chosen);
  });
});

describe('a final file that becomes a part', () => {
  const MIB = 1024 * 1024;

  function given({ sizeBytes = 2 * MIB + 5, isUnchanged = true } = {}) {
    const content = Uint8Array.from({ length: sizeBytes }, (_, i) => i % 251);
    const source: ByteSource = {
      read: async (offset, into) => {
        const piece = content.subarray(offset, offset + into.length);
        into.set(piece);
        return piece.length;
      },
      isUnchanged: async () => isUnchanged,
      close: vi.fn(async () => {}),
    };
    const written = new Uint8Array(sizeBytes);
    const sink = {
      write: async (offset: number, bytes: Uint8Array) => written.set(bytes, offset),
      abandon: vi.fn(async () => {}),
    } as unknown as ByteSink;
    return { content, source, written, sink };
  }
  const changed = () => new Error('changed');

  test.each([0, 1, MIB, MIB + 1, 2 * MIB + 5])('is copied whole up to %i bytes', async (sizeBytes) => {
    const { content, source, written, sink } = given();
    expect(await copyFinal(source, async () => sink, sizeBytes, changed)).toBe(sink);
    // Matchers take a second for each megabyte.
    expect(equalBytes(written.subarray(0, sizeBytes), content.subarray(0, sizeBytes))).toBe(true);
    expect(written.subarray(sizeBytes).every((byte) => byte === 0)).toBe(true);
    expect(source.close).toHaveBeenCalledOnce();
  });

  test.each([
    ['is shorter than it was', { sizeBytes: MIB }],
    ['changes while it is read', { isUnchanged: false }],
  ])('and %s leaves no part', async (_, how) => {
    const { source, sink } = given(how);
    await expect(copyFinal(source, async () => sink, 2 * MIB, changed)).rejects.toThrow('changed');
    expect(sink.abandon).toHaveBeenCalledWith(false);
    expect(source.close).toHaveBeenCalledOnce();
  });

  test('whose part can’t be opened is closed', async () => {
    const { source } = given();
    const full = new Error('full');
    await expect(copyFinal(source, () => Promise.reject(full), 5, changed)).rejects.toBe(full);
    expect(source.close).toHaveBeenCalledOnce();
  });
});
