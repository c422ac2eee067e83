import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TransferError } from '../../src/index.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';
import { fileEntry, folderEntry, MemoryFolder } from './rig/memory-files.ts';
import { MemoryRelay } from './rig/memory-relay.ts';
import { runPair } from './rig/run-pair.ts';
import { zstdCodec } from './rig/zstd-codec.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const text = (length: number) =>
  new TextEncoder()
    .encode('the quick brown fox jumps over the lazy dog\n'.repeat(Math.ceil(length / 44)))
    .slice(0, length);

describe('a transfer', () => {
  it.each([
    0,
    1,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    2 * CHUNK_BYTES,
    2 * CHUNK_BYTES + 1,
    40 * CHUNK_BYTES + 7,
  ])('delivers a file of %i bytes', async (size) => {
    const content = random(size);
    const { sent, received, folder } = await runPair([fileEntry('a.bin', content)]);
    expect(sent).toEqual({ status: 'fulfilled', value: { files: 1, bytes: size, failed: [] } });
    expect(received).toEqual(sent);
    expect(Buffer.compare(folder.files.get('a.bin')!, content)).toBe(0);
    expect(folder.finished).toBe(true);
  });

  it.each(['auto', 'on', 'off'] as const)(
    'delivers a mixed tree with compression %s over three lanes',
    async (compress) => {
      const files = new Map([
        ['t/big.txt', text(3 * CHUNK_BYTES + 5)],
        // More than goes before the other lanes have failed to get a connection.
        ['t/big.bin', random(40 * CHUNK_BYTES)],
        ['t/empty', new Uint8Array(0)],
        ...Array.from(
          { length: 300 },
          (_, i) => [`t/small/${i}`, i % 2 ? random(i * 7) : text(i * 50)] as const,
        ),
      ]);
      const entries = [
        folderEntry('t'),
        folderEntry('t/void'),
        ...[...files].map(([path, content]) => fileEntry(path, content)),
      ];
      const { sent, received, folder, events } = await runPair(entries, {
        send: { compress, lanes: 3 },
        receive: { lanes: 4 },
      });
      expect(sent).toMatchObject({ status: 'fulfilled', value: { files: files.size, failed: [] } });
      expect(received).toEqual(sent);
      expect(folder.folders).toEqual(new Set(['t', 't/void']));
      expect([...folder.files.keys()].sort()).toEqual([...files.keys()].sort());
      for (const [path, content] of files) expect(Buffer.compare(folder.files.get(path)!, content)).toBe(0);
      const words = (side: 'sender' | 'receiver') => events[side].find((event) => event.type === 'verifier');
      expect(words('sender')).toEqual(words('receiver'));
      expect(events.sender.at(-1)).toMatchObject({ type: 'progress' });
    },
  );

  describe('of text', () => {
    /**
     * Loads of zstd at each end, for a sender whose time is what its messages take on their way.
     * @param bytesPerMs null where they take none
     */
    async function zstdLoads(bytesPerMs: number | null, sizes: number[]) {
      const loads = { sender: 0, receiver: 0 };
      const counted = (end: 'sender' | 'receiver') => () => {
        loads[end] += 1;
        return zstdCodec();
      };
      const relay = new MemoryRelay();
      let nowMs = 0;
      relay.tamper = (from, bytes) => {
        if (from === 'sender' && bytesPerMs !== null) nowMs += bytes.length / bytesPerMs;
        return [bytes];
      };
      const clock = { nowMs: () => nowMs, after: () => () => {}, turn: () => Promise.resolve() };
      const entries = sizes.map((size, i) => fileEntry(`${i}.txt`, text(size)));
      const { received } = await runPair(entries, {
        relay,
        ports: {
          sender: { loadZstd: counted('sender'), clock },
          receiver: { loadZstd: counted('receiver') },
        },
      });
      expect(received.status).toBe('fulfilled');
      return loads;
    }
    const sizes = [20 * CHUNK_BYTES, 60 * CHUNK_BYTES];

    it('loads no zstd where the path is fast, at neither end', async () => {
      expect(await zstdLoads(null, sizes)).toEqual({ sender: 0, receiver: 0 });
      expect(await zstdLoads(125_000, sizes)).toEqual({ sender: 0, receiver: 0 });
    });

    it('loads none for many small files either', async () => {
      const small = Array.from({ length: 1000 }, () => 500);
      expect(await zstdLoads(125_000, small)).toEqual({ sender: 0, receiver: 0 });
    });

    it.each([1250, 12_500])('loads it once at each end over %i bytes a millisecond', async (bytesPerMs) => {
      expect(await zstdLoads(bytesPerMs, sizes)).toEqual({ sender: 1, receiver: 1 });
    });
  });

  it('delivers a stream of unknown length', async () => {
    for (const size of [0, 5, CHUNK_BYTES, 3 * CHUNK_BYTES + 1]) {
      const content = random(size);
      const { received, folder } = await runPair([fileEntry('stdin', content, { sizeBytes: null })]);
      expect(received).toMatchObject({ status: 'fulfilled', value: { bytes: size } });
      expect(Buffer.compare(folder.files.get('stdin')!, content)).toBe(0);
    }
  });

  it('delivers a message as text, not as a file', async () => {
    const { received, folder, texts } = await runPair([
      fileEntry('message.txt', new TextEncoder().encode('héllo'), { kind: 'text' }),
    ]);
    expect(received.status).toBe('fulfilled');
    expect(texts).toEqual(['héllo']);
    expect(folder.files.size).toBe(0);
  });

  it('delivers folders alone, and an offer of which nothing is wanted', async () => {
    const only = await runPair([folderEntry('empty'), folderEntry('empty/too')]);
    expect(only.sent).toEqual({ status: 'fulfilled', value: { files: 0, bytes: 0, failed: [] } });
    expect(only.folder.folders).toEqual(new Set(['empty', 'empty/too']));
    const none = await runPair([fileEntry('a', text(9))], {
      receive: { review: async () => ({ accept: true, sink: new MemoryFolder(), skip: new Set([0]) }) },
    });
    expect([none.sent, none.received]).toEqual([only.sent, only.received]);
  });

  it('keeps time and mode', async () => {
    const { folder } = await runPair([
      fileEntry('run.sh', text(10), { executable: true, modifiedMs: 12345 }),
    ]);
    expect(folder.entries.get('run.sh')).toMatchObject({ executable: true, modifiedMs: 12345 });
  });

  it('sends only what isn’t skipped', async () => {
    const chosen = new MemoryFolder();
    const { sent, received, folder } = await runPair(
      Array.from({ length: 10 }, (_, i) => fileEntry(`${i}`, text(i * 1000))),
      {
        receive: {
          review: async () => ({ accept: true, sink: chosen, skip: new Set([0, 1, 2, 5, 9]) }),
        },
      },
    );
    expect(sent).toMatchObject({ value: { files: 5, bytes: 3000 + 4000 + 6000 + 7000 + 8000 } });
    expect(received).toEqual(sent);
    expect(folder.files.size).toBe(0);
    expect([...chosen.files.keys()].sort()).toEqual(['3', '4', '6', '7', '8']);
  });

  it('holds 100,000 entries in one manifest', async () => {
    const entries = Array.from({ length: 100_000 }, (_, i) =>
      fileEntry(`many/${i % 100}/file ${i}`, text(i % 3)),
    );
    const { sent, folder } = await runPair(entries);
    expect(sent).toMatchObject({ status: 'fulfilled', value: { files: 100_000 } });
    expect(folder.files.size).toBe(100_000);
  });
});

describe('what goes wrong', () => {
  const failedWith = (code: string) => ({ status: 'rejected', reason: expect.objectContaining({ code }) });

  it('burns the code on wrong words, tells both, and offers another', async () => {
    const abort = new AbortController();
    const codes: string[] = [];
    const { sent, received, events } = await runPair([fileEntry('a', text(5))], {
      retype: (code) => `${code.split('-')[0]}-wrong-words`,
      send: {
        signal: abort.signal,
        onEvent: (event) => {
          if (event.type === 'code' && codes.push(event.code) === 2) abort.abort();
        },
      },
    });
    expect(received).toEqual(failedWith('wrong-code'));
    expect(events.sender.map(({ type }) => type)).toEqual(['code', 'joined', 'code-burned', 'code']);
    expect(codes[0]).not.toBe(codes[1]);
    expect(sent).toEqual(failedWith('interrupted'));
  });

  it('fails a chosen code on wrong words', async () => {
    const { sent, received } = await runPair([fileEntry('a', text(5))], {
      send: { code: '123-chosen-secret' },
      retype: () => '123-other-secret',
    });
    expect([sent, received]).toEqual([failedWith('wrong-code'), failedWith('wrong-code')]);
  });

  it('tells the sender of a decline', async () => {
    const { sent, received } = await runPair([fileEntry('a', text(5))], {
      receive: { review: async () => ({ accept: false, code: 'no-space', message: '1 GB missing' }) },
    });
    expect([sent, received]).toEqual([failedWith('no-space'), failedWith('no-space')]);
  });

  it('refuses unsafe names before anyone is asked', async () => {
    for (const path of ['../x', '/abs', 'a/../../b', 'a//b', 'nul\0', 'line\nbreak', 'a\u202Eexe.txt']) {
      const { sent, received, folder } = await runPair([fileEntry(path, text(5))]);
      expect([sent, received]).toEqual([failedWith('path-refused'), failedWith('path-refused')]);
      expect(folder.parts.size + folder.files.size).toBe(0);
    }
  });

  it('reports a file that changes, on both sides, and delivers the others', async () => {
    const content = random(3 * CHUNK_BYTES);
    const changing = fileEntry('changing', content);
    const { sent, received, folder, events } = await runPair([
      fileEntry('first', text(100)),
      {
        ...changing,
        // Other content whenever it is read.
        open: async () => ({
          ...(await fileEntry('changing', random(content.length)).open()),
          isUnchanged: async () => false,
        }),
      },
      { ...fileEntry('shrunk', content), sizeBytes: content.length + 1 },
      fileEntry('unreadable', text(9), {
        open: async () => {
          throw new TransferError('source-unreadable');
        },
      }),
      fileEntry('last', text(100)),
    ]);
    const failed = [
      { path: 'changing', code: 'source-changed' },
      { path: 'shrunk', code: 'source-changed' },
      { path: 'unreadable', code: 'source-unreadable' },
    ];
    expect(sent).toEqual({ status: 'fulfilled', value: { files: 2, bytes: 200, failed } });
    expect(received).toEqual(sent);
    expect([...folder.files.keys()].sort()).toEqual(['first', 'last']);
    // What changed may come again as it is then; what can't be read doesn't.
    expect([...folder.parts.keys()].sort()).toEqual(['changing', 'shrunk']);
    expect(events.receiver.filter(({ type }) => type === 'file-failed')).toHaveLength(3);
  });

  it('fails both when the disk is full, and keeps the part', async () => {
    const folder = new MemoryFolder();
    folder.beforeWrite = async (_path, offset) => {
      if (offset > 2 * CHUNK_BYTES) throw new TransferError('no-space');
    };
    const { sent, received } = await runPair([fileEntry('a', random(9 * CHUNK_BYTES))], {
      receive: { review: async () => ({ accept: true, sink: folder, skip: new Set() }) },
    });
    expect([sent, received]).toEqual([failedWith('no-space'), failedWith('no-space')]);
    expect(folder.files.size).toBe(0);
    expect(folder.parts.size).toBe(1);
  });

  it('tells the receiver when the sender cancels, and the other way round', async () => {
    for (const side of ['send', 'receive'] as const) {
      const abort = new AbortController();
      const folder = new MemoryFolder();
      folder.beforeWrite = async () => abort.abort();
      const { sent, received } = await runPair([fileEntry('a', random(90 * CHUNK_BYTES))], {
        [side]: { signal: abort.signal },
        ...(side === 'send'
          ? {
              receive: {
                review: async () => ({ accept: true as const, sink: folder, skip: new Set<number>() }),
              },
            }
          : {
              receive: {
                signal: abort.signal,
                review: async () => ({ accept: true as const, sink: folder, skip: new Set<number>() }),
              },
            }),
      });
      expect(side === 'send' ? sent : received).toEqual(failedWith('interrupted'));
      expect(side === 'send' ? received : sent).toEqual(failedWith('cancelled'));
      expect(folder.files.size).toBe(0);
    }
  });

  it('ends the wait when the scan fails or finds nothing', async () => {
    const scan = Promise.reject(new TransferError('source-unreadable'));
    expect((await runPair(scan)).sent).toEqual(failedWith('source-unreadable'));
    expect((await runPair([])).sent).toEqual(failedWith('nothing-to-send'));
  });

  it('refuses codes that aren’t', async () => {
    expect((await runPair([fileEntry('a', text(1))], { send: { code: 'abc' } })).sent).toEqual(
      failedWith('bad-code'),
    );
    expect(
      (
        await runPair([fileEntry('a', text(1))], {
          retype: () => '999-x-y',
          oneReceiver: true,
        })
      ).received,
    ).toEqual(failedWith('unknown-code'));
  });
});

describe('a hostile relay', () => {
  const codes = expect.objectContaining({
    code: expect.stringMatching(
      /^(authentication-failed|peer-gone|connection-lost|protocol-violation|wrong-code|cancelled)$/,
    ),
  });

  // Messages 0–3 of the sender are the handshake; from 4 on, records.
  it.each([
    [
      'flips a bit in',
      (bytes: Uint8Array<ArrayBuffer>) => [bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte))],
    ],
    ['truncates', (bytes: Uint8Array<ArrayBuffer>) => [bytes.slice(0, -1)]],
    ['drops', () => []],
    ['repeats', (bytes: Uint8Array<ArrayBuffer>) => [bytes, bytes]],
    ['empties', () => [new Uint8Array(0)]],
  ])('that %s a record of the sender is found out', async (how, change) => {
    // 5 ends the manifest: nothing follows it that would not open, so dropping it looks like a slow sender.
    for (const at of how === 'drops' ? [4, 7] : [4, 5, 7]) {
      const relay = new MemoryRelay();
      relay.tamper = (from, bytes, index) => (from === 'sender' && index === at ? change(bytes) : [bytes]);
      const { sent, received, folder } = await runPair([fileEntry('a', random(20 * CHUNK_BYTES))], {
        relay,
        oneReceiver: true,
      });
      expect(folder.files.size).toBe(0);
      expect(received).toEqual({ status: 'rejected', reason: codes });
      expect(sent.status).toBe('rejected');
    }
  });

  it('that swaps two records is found out', async () => {
    const relay = new MemoryRelay();
    let held: Uint8Array<ArrayBuffer> | null = null;
    relay.tamper = (from, bytes, index) => {
      if (from !== 'sender' || index < 6 || index > 7) return [bytes];
      if (held === null) {
        held = bytes;
        return [];
      }
      return [bytes, held];
    };
    const { received, folder } = await runPair([fileEntry('a', random(20 * CHUNK_BYTES))], { relay });
    expect(received).toEqual({
      status: 'rejected',
      reason: expect.objectContaining({ code: 'authentication-failed' }),
    });
    expect(folder.files.size).toBe(0);
  });

  it('that changes a greeting is found out before anything is confirmed', async () => {
    const relay = new MemoryRelay();
    relay.tamper = (_from, bytes, index) =>
      index === 0
        ? [
            Uint8Array.from(
              Buffer.from(Buffer.from(bytes).toString('latin1').replace('"lanes":8', '"lanes":2'), 'latin1'),
            ),
          ]
        : [bytes];
    const { received } = await runPair([fileEntry('a', text(9))], {
      relay,
      oneReceiver: true,
    });
    expect(received).toEqual({
      status: 'rejected',
      reason: expect.objectContaining({ code: 'authentication-failed' }),
    });
  });
});
