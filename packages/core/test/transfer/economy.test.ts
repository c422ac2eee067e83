// What a transfer may cost, counted rather than timed: calls of the ports, messages and bytes on the wire, copies. Bounds
// are tight: who needs more has to say so here.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import type { BulkCrypto } from '../../src/ports/bulk-crypto.ts';
import type { ByteSink } from '../../src/ports/byte-sink.ts';
import type { SourceEntry } from '../../src/ports/byte-source.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';
import { fileEntry, folderEntry, MemoryFolder } from './rig/memory-files.ts';
import { MemoryRelay } from './rig/memory-relay.ts';
import { runPair } from './rig/run-pair.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
/** Time stands still: what is only done every so often is not done. */
const clock = { nowMs: () => 0, after: () => () => {}, turn: () => Promise.resolve() };

/** How often what was called, and how much it was given. */
class Tally {
  readonly #calls = new Map<string, number>();
  readonly #bytes = new Map<string, number>();

  count(what: string, bytes = 0): void {
    this.#calls.set(what, this.calls(what) + 1);
    this.#bytes.set(what, this.bytes(what) + bytes);
  }

  calls(what: string): number {
    return this.#calls.get(what) ?? 0;
  }

  bytes(what: string): number {
    return this.#bytes.get(what) ?? 0;
  }

  all(...whats: string[]): Record<string, number> {
    return Object.fromEntries(whats.map((what) => [what, this.calls(what)]));
  }
}

function countedSource(
  tally: Tally,
  entry: SourceEntry,
  into: (buffer: ArrayBufferLike) => void,
): SourceEntry {
  return {
    ...entry,
    async open() {
      tally.count('open source');
      const source = await entry.open();
      return {
        read(offset, bytes) {
          tally.count('read', bytes.length);
          into(bytes.buffer);
          return source.read(offset, bytes);
        },
        isUnchanged() {
          tally.count('is unchanged');
          return source.isUnchanged();
        },
        close() {
          tally.count('close source');
          return source.close();
        },
      };
    },
  };
}

class CountedFolder extends MemoryFolder {
  readonly tally: Tally;
  readonly written: ArrayBufferLike[] = [];

  constructor(tally: Tally) {
    super();
    this.tally = tally;
  }

  override async openFile(entry: ManifestEntry): Promise<ByteSink> {
    this.tally.count('open sink');
    const file = await super.openFile(entry);
    return {
      write: (offset, bytes) => {
        this.tally.count('write', bytes.length);
        this.written.push(bytes.buffer);
        return file.write(offset, bytes);
      },
      flush: () => {
        this.tally.count('flush');
        return file.flush();
      },
      commit: () => {
        this.tally.count('commit');
        return file.commit();
      },
      abandon: (keep) => file.abandon(keep),
    };
  }
}

/** `onBuffer` is told of the memory of plaintext that is sealed, or was opened. */
function countedCrypto(tally: Tally, end: string, onBuffer: (buffer: ArrayBufferLike) => void): BulkCrypto {
  return {
    sha256(bytes) {
      tally.count(`${end} hashes`, bytes.length);
      return webBulkCrypto.sha256(bytes);
    },
    async importKey(raw) {
      const key = await webBulkCrypto.importKey(raw);
      return {
        seal(iv, plaintext) {
          tally.count(`${end} seals`, plaintext.length);
          onBuffer(plaintext.buffer);
          return key.seal(iv, plaintext);
        },
        async open(iv, sealed): Promise<Bytes> {
          tally.count(`${end} opens`, sealed.length);
          const plaintext = await key.open(iv, sealed);
          onBuffer(plaintext.buffer);
          return plaintext;
        },
      };
    },
  };
}

async function counted(entries: SourceEntry[]) {
  const tally = new Tally();
  const relay = new MemoryRelay();
  relay.tamper = (from, bytes) => {
    tally.count(`from ${from}`, bytes.length);
    return [bytes];
  };
  const read: ArrayBufferLike[] = [];
  const sealed = new Set<ArrayBufferLike>();
  const opened = new Set<ArrayBufferLike>();
  const folder = new CountedFolder(tally);
  const { sent, received } = await runPair(
    entries.map((entry) => countedSource(tally, entry, (buffer) => read.push(buffer))),
    {
      relay,
      folder,
      ports: {
        sender: { clock, bulk: countedCrypto(tally, 'sender', (buffer) => sealed.add(buffer)) },
        receiver: { clock, bulk: countedCrypto(tally, 'receiver', (buffer) => opened.add(buffer)) },
      },
    },
  );
  expect(sent.status).toBe('fulfilled');
  expect(received).toEqual(sent);
  return { tally, read, sealed, opened, written: folder.written };
}

describe('a large file', () => {
  const CHUNKS = 100;
  const sizeBytes = CHUNKS * CHUNK_BYTES;
  const run = counted([fileEntry('large.bin', random(sizeBytes))]);

  it('is opened once, and read and written chunk by chunk', async () => {
    const { tally } = await run;
    expect(tally.all('open source', 'read', 'is unchanged', 'close source')).toEqual({
      'open source': 1,
      read: CHUNKS,
      'is unchanged': 1,
      'close source': 1,
    });
    expect(tally.all('open sink', 'write', 'flush', 'commit')).toEqual({
      'open sink': 1,
      write: CHUNKS,
      // Every 16 MiB.
      flush: 1,
      commit: 1,
    });
  });

  it('is hashed and sealed once at each end', async () => {
    const { tally } = await run;
    for (const end of ['sender', 'receiver']) expect(tally.bytes(`${end} hashes`)).toBe(sizeBytes);
    expect(tally.bytes('sender seals')).toBeLessThan(sizeBytes + CHUNKS * 28 + 800);
    expect(tally.bytes('receiver opens')).toBe(
      tally.bytes('sender seals') + tally.calls('sender seals') * 16,
    );
  });

  it('is not copied between the source and the seal, nor between the opening and the sink', async () => {
    const { read, sealed, written, opened } = await run;
    expect(read.every((buffer) => sealed.has(buffer))).toBe(true);
    expect(written.every((buffer) => opened.has(buffer))).toBe(true);
  });

  it('takes few messages and bytes besides its own', async () => {
    const { tally } = await run;
    expect(tally.calls('from sender')).toBeLessThanOrEqual(CHUNKS + 10);
    expect(tally.bytes('from sender')).toBeLessThanOrEqual(sizeBytes + CHUNKS * 44 + 800);
    // An ack for each of the first 16 chunks and each eighth of the window, which is 2 MiB, and word of what was heard for each
    // 16 records.
    expect(tally.calls('from receiver')).toBeLessThanOrEqual(16 + CHUNKS / 8 + CHUNKS / 16 + 8);
    expect(tally.bytes('from receiver')).toBeLessThanOrEqual(4_000);
  });
});

describe('many small files', () => {
  const FILES = 2_000;
  const BYTES = 4_096;
  const perRecord = CHUNK_BYTES / BYTES;
  const files = Array.from({ length: FILES }, (_, i) => fileEntry(`tree/file-${i}.bin`, random(BYTES)));
  const run = counted([folderEntry('tree'), ...files]);

  it('take one call each of what a file needs, and no flush of their own', async () => {
    const { tally } = await run;
    const calls = ['open source', 'read', 'is unchanged', 'close source', 'open sink', 'write', 'commit'];
    expect(tally.all(...calls)).toEqual(Object.fromEntries(calls.map((call) => [call, FILES])));
    expect(tally.calls('flush')).toBe(0);
    for (const end of ['sender', 'receiver']) expect(tally.calls(`${end} hashes`)).toBe(FILES);
  });

  it('share records: two for as many as fill a chunk', async () => {
    const { tally } = await run;
    const records = Math.ceil(FILES / perRecord);
    const manifestPages = 2;
    expect(tally.calls('from sender')).toBeLessThanOrEqual(2 * records + manifestPages + 10);
    expect(tally.calls('from receiver')).toBeLessThanOrEqual(16 + records / 2);
    // A line of the manifest, a slice, a digest.
    expect(tally.bytes('from sender') / FILES - BYTES).toBeLessThan(130);
  });
});
