// What lies at the receiver isn't sent again: identical files, parts, tails, and single chunks in the middle.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileEntry, MemoryFolder } from '../transfer/rig/memory-files.ts';
import { MemoryRelay } from '../transfer/rig/memory-relay.ts';
import { runPair } from '../transfer/rig/run-pair.ts';

const CHUNK = 256 * 1024;
const random = (length: number) => new Uint8Array(randomBytes(length));
const LONG = random(6 * CHUNK + 100);

interface Before {
  parts?: Record<string, Uint8Array>;
  files?: Record<string, Uint8Array>;
}

/** Sends `files` into a folder that holds `before`; tells how many bytes of records passed to the receiver. */
async function send(
  files: Record<string, Uint8Array>,
  before: Before,
  { consents = true, isBusy = false } = {},
) {
  const folder = new MemoryFolder();
  folder.isBusy = isBusy;
  for (const [path, content] of Object.entries(before.parts ?? {})) folder.parts.set(path, content.slice());
  for (const [path, content] of Object.entries(before.files ?? {})) folder.files.set(path, content.slice());
  const relay = new MemoryRelay();
  let bytes = 0;
  relay.tamper = (from, message) => {
    if (from === 'sender') bytes += message.length;
    return [message];
  };
  const entries = Object.entries(files).map(([path, content]) => fileEntry(path, content));
  const { sent, received, events } = await runPair(entries, {
    relay,
    folder,
    consents,
    send: { compress: 'off' },
  });
  const total = Object.values(files).reduce((sum, content) => sum + content.length, 0);
  const whole = { status: 'fulfilled', value: { files: entries.length, bytes: total, failed: [] } };
  expect([sent, received]).toEqual([whole, whole]);
  for (const [path, content] of Object.entries(files)) {
    expect(Buffer.from(folder.files.get(path)!).equals(content)).toBe(true);
  }
  expect(folder.parts.size).toBe(0);
  expect(events.sender.filter(({ type }) => type === 'progress').at(-1)).toMatchObject({ bytes: total });
  return { chunks: Math.round(bytes / CHUNK), committed: [...folder.entries.keys()] };
}

const flipped = (content: Uint8Array, at: number) => content.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('of a file of seven chunks is sent', () => {
  it.each<[string, number, Before]>([
    ['all, when nothing is there', 6, {}],
    ['nothing, when it is there', 0, { files: { long: LONG } }],
    ['nothing, when its part is complete', 0, { parts: { long: LONG } }],
    ['the rest of a part', 3, { parts: { long: LONG.slice(0, 3 * CHUNK) } }],
    ['the rest of a part that ends within a chunk', 3, { parts: { long: LONG.slice(0, 3 * CHUNK + 7) } }],
    ['the tail of a shorter file', 4, { files: { long: LONG.slice(0, 2 * CHUNK) } }],
    ['one chunk that is corrupt', 1, { parts: { long: flipped(LONG, 2 * CHUNK + 5) } }],
    ['one chunk that differs in the finished file', 1, { files: { long: flipped(LONG, 0) } }],
    ['the short end', 0, { files: { long: flipped(LONG, LONG.length - 1) } }],
    ['the short end too, when a chunk before it differs', 1, { parts: { long: flipped(LONG, 0) } }],
    ['nothing of a part that is longer', 0, { parts: { long: new Uint8Array([...LONG, ...random(CHUNK)]) } }],
    ['nothing of a file that is longer', 0, { files: { long: new Uint8Array([...LONG, 1]) } }],
    ['all, when what is there is another file', 6, { files: { long: random(LONG.length) } }],
  ])('%s', async (_what, chunks, before) => {
    expect((await send({ long: LONG }, before)).chunks).toBe(chunks);
  });

  it('all, when the person did not consent', async () => {
    expect((await send({ long: LONG }, { files: { long: LONG } }, { consents: false })).chunks).toBe(6);
  });

  it('the rest of a part, without being asked', async () => {
    const parts = { long: LONG.slice(0, 3 * CHUNK) };
    expect((await send({ long: LONG }, { parts }, { consents: false })).chunks).toBe(3);
  });
});

it('leaves an identical file alone', async () => {
  const { committed } = await send({ a: LONG, b: random(10) }, { files: { a: LONG } });
  expect(committed).toEqual(['b']);
});

it('never compares small files', async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, random(1000 + i)]));
  const there = Object.fromEntries(Object.entries(files).filter((_, i) => i % 3 !== 0));
  const { committed } = await send({ ...files, empty: new Uint8Array(0) }, { files: there });
  expect(committed.sort()).toEqual(['empty', ...Object.keys(files)].sort());
});

it('copies from a file that is written to meanwhile, and does not go on with such a part', async () => {
  const { committed, chunks } = await send({ log: LONG }, { files: { log: LONG } }, { isBusy: true });
  expect({ committed, chunks }).toEqual({ committed: ['log'], chunks: 0 });
  const folder = new MemoryFolder();
  folder.isBusy = true;
  folder.parts.set('log', LONG.slice(0, 3 * CHUNK));
  const { received } = await runPair([fileEntry('log', LONG)], { folder });
  expect(received).toMatchObject({ status: 'rejected', reason: { code: 'part-changed' } });
  expect(folder.parts.get('log')).toEqual(LONG.slice(0, 3 * CHUNK));
});

it.each([
  ['changed', flipped(LONG, 2 * CHUNK), 'rejected'],
  ['only touched', LONG, 'fulfilled'],
])('hashes a file again that was equal and was %s since', async (_how, now, status) => {
  const folder = new MemoryFolder();
  folder.files.set('log', LONG);
  folder.isUntouched = (path) => {
    folder.files.set(path, now);
    return false;
  };
  const { received } = await runPair([fileEntry('log', LONG)], { folder, consents: true });
  expect(received).toMatchObject({
    status,
    ...(status === 'rejected' && { reason: { code: 'part-changed' } }),
  });
  expect(folder.files.get('log')).toEqual(now);
});

/** LONG as it is sent, and the chunks that were read of it so far. */
function watchedEntry(isUnchanged: (reads: number[]) => boolean = () => true) {
  const reads: number[] = [];
  const entry = fileEntry('long', LONG);
  const open = async () => {
    const source = await entry.open();
    return {
      ...source,
      read: (offset: number, into: Uint8Array) => {
        reads.push(offset / CHUNK);
        return source.read(offset, into);
      },
      isUnchanged: async () => isUnchanged(reads),
    };
  };
  return { entry: { ...entry, open }, reads };
}

it('reads each chunk once that is kept', async () => {
  const { entry, reads } = watchedEntry();
  const folder = new MemoryFolder();
  folder.files.set('long', flipped(LONG, 2 * CHUNK));
  const { received } = await runPair([entry], { folder, consents: true });
  expect(received.status).toBe('fulfilled');
  expect(reads.sort()).toEqual([0, 1, 2, 2, 3, 4, 5, 6, 6]);
});

it('does not send what changed here after it was compared', async () => {
  const { entry: watched } = watchedEntry((reads) => reads.length < 7);
  let opened = 0;
  const entry = {
    ...watched,
    // To tell digests, to read, and to look again.
    open: () => {
      opened += 1;
      return opened < 3 ? watched.open() : fileEntry('long', flipped(LONG, 5)).open();
    },
  };
  const folder = new MemoryFolder();
  folder.files.set('long', LONG.slice());
  const { sent } = await runPair([entry], { folder, consents: true });
  expect(sent).toMatchObject({ value: { failed: [{ path: 'long', code: 'source-changed' }] } });
});

it('makes any folder equal, whether the person consents or not', async () => {
  const size = fc.constantFrom(0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1);
  const state = fc.record({
    size,
    keptBytes: size,
    place: fc.constantFrom<'parts' | 'files'>('parts', 'files'),
    flipAt: fc.option(fc.nat(2 * CHUNK), { nil: null }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(state, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (states, consents) => {
        const files: Record<string, Uint8Array> = {};
        const before: Required<Before> = { parts: {}, files: {} };
        states.forEach(({ size: length, keptBytes, place, flipAt }, i) => {
          const content = random(length);
          files[`f${i}`] = content;
          const there =
            keptBytes > length
              ? new Uint8Array([...content, ...random(keptBytes - length)])
              : content.slice(0, keptBytes);
          before[place][`f${i}`] = flipAt === null ? there : flipped(there, flipAt);
        });
        await send(files, before, { consents });
      },
    ),
    { numRuns: 12 },
  );
});
