// What comparing costs, counted: each chunk that is kept is read once at the receiver, each chunk is hashed once at the sender. And
// the contents that change meanwhile, at either end.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import type { BulkCrypto } from '../../src/ports/bulk-crypto.ts';
import type { ExistingContent } from '../../src/ports/byte-sink.ts';
import type { SourceEntry } from '../../src/ports/byte-source.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';
import { fileEntry, MemoryFolder } from '../transfer/rig/memory-files.ts';
import { runPair } from '../transfer/rig/run-pair.ts';

const CHUNKS = 8;
const HALF = CHUNKS / 2;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const ALL = range(0, CHUNKS);
const CONTENT = new Uint8Array(randomBytes(CHUNKS * CHUNK_BYTES));

/** CONTENT with other bytes in those chunks. */
function unlike(chunks: number[]): Uint8Array<ArrayBuffer> {
  const other = CONTENT.slice();
  for (const chunk of chunks) other[chunk * CHUNK_BYTES + 1]! ^= 1;
  return other;
}

/** Counts which chunks are read of what lies there. */
class WatchedFolder extends MemoryFolder {
  readonly reads: number[] = [];
  /** Where it ends, whatever its size was. */
  readonly endsAt: number = Number.POSITIVE_INFINITY;
  /** Of chunks that have come, or were copied. */
  readonly writes: number[] = [];

  constructor(before: Uint8Array) {
    super();
    this.files.set('f', before);
    this.beforeWrite = async (_path, offset) => {
      this.writes.push(offset / CHUNK_BYTES);
    };
  }

  override async findExisting(entry: ManifestEntry, withFinal: boolean): Promise<ExistingContent | null> {
    const content = await super.findExisting(entry, withFinal);
    if (content === null) return null;
    const open = async () => {
      const source = await content.open();
      return {
        ...source,
        read: (offset: number, into: Uint8Array) => {
          this.reads.push(offset / CHUNK_BYTES);
          return offset < this.endsAt ? source.read(offset, into) : Promise.resolve(0);
        },
      };
    };
    return { ...content, open };
  }
}

function counted() {
  const hashed = { chunks: 0 };
  const bulk: BulkCrypto = {
    ...webBulkCrypto,
    sha256(bytes) {
      if (bytes.length === CHUNK_BYTES) hashed.chunks += 1;
      return webBulkCrypto.sha256(bytes);
    },
  };
  return { bulk, hashed };
}

/** Sends CONTENT to where `folder` has something under its final name, with consent. */
async function send(folder: WatchedFolder, entry = fileEntry('f', CONTENT)) {
  const [sender, receiver] = [counted(), counted()];
  const { sent, received } = await runPair([entry], {
    folder,
    consents: true,
    oneReceiver: true,
    send: { compress: 'off' },
    ports: { sender: { bulk: sender.bulk }, receiver: { bulk: receiver.bulk } },
  });
  return { sent, received, hashed: [sender.hashed.chunks, receiver.hashed.chunks] };
}

const sorted = (chunks: number[]) => chunks.toSorted((a, b) => a - b);

describe('what lies there is read, hashed and written no more often than needed', () => {
  it.each<[string, Uint8Array, { reads: number[]; atReceiver: number }]>([
    ['the first half', CONTENT.slice(0, HALF * CHUNK_BYTES), { reads: range(0, HALF), atReceiver: CHUNKS }],
    // Until a chunk differs, what is there may be the whole file, and is left alone: those before are read again to be copied.
    [
      'all but the second half',
      unlike(range(HALF, CHUNKS)),
      { reads: [...ALL, ...range(0, HALF)], atReceiver: CHUNKS + HALF },
    ],
    ['the second half', unlike(range(0, HALF)), { reads: ALL, atReceiver: CHUNKS + HALF }],
    ['every other chunk', unlike([0, 2, 4, 6]), { reads: ALL, atReceiver: CHUNKS + HALF }],
    ['nothing that is right', unlike(ALL), { reads: ALL, atReceiver: 2 * CHUNKS }],
  ])('when %s is there', async (_what, before, { reads, atReceiver }) => {
    const folder = new WatchedFolder(before);
    const { received, hashed } = await send(folder);
    expect(received.status).toBe('fulfilled');
    expect(Buffer.compare(folder.files.get('f')!, CONTENT)).toBe(0);
    expect(sorted(folder.reads)).toEqual(sorted(reads));
    expect(hashed).toEqual([CHUNKS, atReceiver]);
    expect(sorted(folder.writes)).toEqual(ALL);
  });

  it('when all is there: read once, nothing written', async () => {
    const folder = new WatchedFolder(CONTENT);
    const { hashed } = await send(folder);
    expect([folder.reads, folder.writes, hashed]).toEqual([ALL, [], [CHUNKS, CHUNKS]]);
  });

  it('copies kept chunks while more of the file comes, not when all has come', async () => {
    const folder = new WatchedFolder(unlike([HALF, CHUNKS - 1]));
    const writes: number[] = [];
    let copied = () => {};
    const isCopied = new Promise<void>((resolve) => {
      copied = resolve;
    });
    folder.beforeWrite = async (_path, offset) => {
      const chunk = offset / CHUNK_BYTES;
      // The last one that comes is written only when those before the first that differed are.
      if (chunk === CHUNKS - 1) await isCopied;
      writes.push(chunk);
      if (chunk === HALF - 1) copied();
    };
    expect((await send(folder)).received.status).toBe('fulfilled');
    expect(writes.at(-1)).toBe(CHUNKS - 1);
  });
});

describe('a file that was there and is touched after it was compared', () => {
  const before = unlike([CHUNKS - 1]);

  /** Touched once the first chunk of it is copied. */
  function touched(touch: (folder: WatchedFolder) => void) {
    const folder = new WatchedFolder(before.slice());
    let isTouched = false;
    folder.beforeWrite = async () => {
      if (!isTouched) touch(folder);
      isTouched = true;
    };
    folder.isUntouched = () => !isTouched;
    return folder;
  }

  it('is hashed again before what was copied counts', async () => {
    const folder = touched(() => {});
    const { received, hashed } = await send(folder);
    expect(received.status).toBe('fulfilled');
    expect(hashed[1]).toBe(2 * CHUNKS);
    expect(Buffer.compare(folder.files.get('f')!, CONTENT)).toBe(0);
  });

  it.each<[string, (folder: WatchedFolder) => void]>([
    ['other bytes', ({ files }) => files.get('f')!.fill(1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 10)],
    ['an early end', (folder) => Object.assign(folder, { endsAt: 3 * CHUNK_BYTES })],
  ])('and has %s stays under its name, and no mixture of both does', async (_what, touch) => {
    const folder = touched(touch);
    expect((await send(folder)).received).toMatchObject({ reason: { code: 'part-changed' } });
    expect(folder.entries.size).toBe(0);
    expect(Buffer.compare(folder.files.get('f')!, CONTENT)).not.toBe(0);
  });
});

describe('a chunk that is not what its sender told of it', () => {
  /** CONTENT for the first reading of it, and `then` for what is sent. */
  function changing(then: Uint8Array, isUnchanged: () => boolean): SourceEntry {
    let opened = 0;
    const open = async () => {
      opened += 1;
      // The first is opened to tell digests.
      const source = await fileEntry('f', opened === 1 ? CONTENT : then).open();
      return { ...source, isUnchanged: async () => isUnchanged() };
    };
    return { ...fileEntry('f', CONTENT), open };
  }
  const before = unlike(range(HALF, CHUNKS));

  it('is not sent when the file shows that it changed: the file fails alone', async () => {
    const folder = new WatchedFolder(before);
    const entry = changing(unlike([CHUNKS - 1]), () => false);
    const { sent, received } = await send(folder, entry);
    const failed = [{ path: 'f', code: 'source-changed' }];
    expect(sent).toMatchObject({ status: 'fulfilled', value: { failed } });
    expect(received).toMatchObject({ status: 'fulfilled', value: { failed } });
    expect(folder.writes).not.toContain(CHUNKS - 1);
    expect(folder.files.get('f')).toBe(before);
  });

  it('is not written when nothing shows that it changed, and the transfer ends', async () => {
    const folder = new WatchedFolder(before);
    const entry = changing(unlike([CHUNKS - 1]), () => true);
    expect((await send(folder, entry)).received).toMatchObject({ reason: { code: 'digest-mismatch' } });
    expect(folder.files.get('f')).toBe(before);
    expect(folder.writes).not.toContain(CHUNKS - 1);
    // What was right stays, to be gone on with.
    expect(folder.parts.has('f')).toBe(true);
    expect(folder.entries.size).toBe(0);
  });
});
