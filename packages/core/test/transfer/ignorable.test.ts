// An end of a later version, which says things that this one doesn't know, in every phase: those of the ignorable range have
// no effect, the others end the transfer and both sides learn why.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TransferEvent } from '../../src/api/events.ts';
import { utf8 } from '../../src/foundation/bytes.ts';
import { fileEntry, MemoryFolder } from './rig/memory-files.ts';
import { MemoryRelay } from './rig/memory-relay.ts';
import { realClock } from './rig/run-pair.ts';
import { zstdCodec } from './rig/zstd-codec.ts';

type Engine = typeof import('../../src/index.ts');
type Bytes = Uint8Array<ArrayBuffer>;
type Role = 'sender' | 'receiver';

const CHUNK = 256 * 1024;
const TREE = [
  fileEntry('a', new Uint8Array(randomBytes(1000))),
  fileEntry('b', new Uint8Array(randomBytes(2 * CHUNK + 5))),
];

const control = (type: string) => Uint8Array.of(1, 0, ...utf8(JSON.stringify({ type, later: [1, 2] })));

/**
 * A copy of the engine that says more than this version does.
 * @param also what it says before its record `count`; control messages go to lane 0 only
 */
async function engineThatAlsoSays(also: (record: Bytes, count: number, isFirstLane: boolean) => Bytes[]) {
  vi.resetModules();
  const engine: Engine = await import('../../src/index.ts');
  const { Lane } = await import('../../src/lanes/lane.ts');
  const { send } = Lane.prototype;
  const firstLanes = new WeakSet();
  let count = 0;
  vi.spyOn(Lane.prototype, 'send').mockImplementation(async function (
    this: InstanceType<typeof Lane>,
    record,
  ) {
    if (record[0] === 1) firstLanes.add(this);
    for (const more of also(record, count++, firstLanes.has(this))) void send.call(this, more);
    return send.call(this, record);
  });
  return engine;
}

afterEach(() => vi.restoreAllMocks());

async function run(
  later: Role,
  newer: Engine,
  {
    relay = new MemoryRelay(),
    lanes = 1,
    reconnectTimeoutMs = 0,
    /** Of the end of this version. */
    onEvent = (_event: TransferEvent) => {},
  } = {},
) {
  vi.resetModules();
  const current: Engine = await import('../../src/index.ts');
  const [sender, receiver] = later === 'sender' ? [newer, current] : [current, newer];
  // Each with the errors of its own copy of the engine.
  const portsOf = ({ relayRendezvous }: Engine) => ({
    rendezvousAt: relayRendezvous(relay.dial, realClock),
    clock: realClock,
    loadZstd: zstdCodec,
  });
  const folder = new MemoryFolder();
  const { signal } = new AbortController();
  let tell: (code: string) => void = () => {};
  const code = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const common = { relayUrl: 'http://memory', signal, lanes, reconnectTimeoutMs };
  const sending = sender.sendFiles(portsOf(sender), {
    ...common,
    entries: Promise.resolve(TREE),
    onEvent(event) {
      if (event.type === 'code') tell(event.code);
      if (later === 'receiver') onEvent(event);
    },
  });
  const receiving = code.then((told) =>
    receiver.receiveFiles(portsOf(receiver), {
      ...common,
      code: told,
      nameRules: { windowsNames: false, foldsCase: false },
      onEvent: (event) => later === 'sender' && onEvent(event),
      onText() {},
      review: async () => ({ accept: true, sink: folder, skip: new Set() }),
    }),
  );
  const [sent, received] = await Promise.allSettled([sending, receiving]);
  return { sent, received, folder };
}

async function expectWhole({ sent, received, folder }: Awaited<ReturnType<typeof run>>): Promise<void> {
  expect([sent, received]).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
  for (const entry of TREE) {
    const content = new Uint8Array(entry.sizeBytes!);
    await (await entry.open()).read(0, content);
    expect(Buffer.compare(folder.files.get(entry.path)!, content)).toBe(0);
  }
}

/** The name of a record for a test's eyes: its kind, or the type of its control message. */
function nameOf(record: Bytes): string {
  return record[0] === 1 ? JSON.parse(Buffer.from(record.subarray(2)).toString()).type : `kind ${record[0]}`;
}

describe.each(['sender', 'receiver'] as const)('a %s of a later version', (later) => {
  const NOTES = [Uint8Array.of(128, 0), Uint8Array.of(255, 0xff, ...randomBytes(300))];
  const saysNotes = async () => {
    const before = new Set<string>();
    const newer = await engineThatAlsoSays((record, _count, isFirstLane) => {
      before.add(nameOf(record));
      return isFirstLane ? [...NOTES, control('note-'), control('note-presence')] : NOTES;
    });
    return { newer, before };
  };

  it('may say what is ignorable before each of its records, on every lane', async () => {
    const { newer, before } = await saysNotes();
    await expectWhole(await run(later, newer, { lanes: 3 }));
    const phases =
      later === 'sender'
        ? ['manifest', 'manifest-end', 'kind 2', 'end', 'bye']
        : ['accept', 'ack', 'receipt'];
    for (const phase of phases) expect(before).toContain(phase);
  });

  it('may say before each of its records that it can’t be started anew: that is told once, and ends nothing', async () => {
    const newer = await engineThatAlsoSays((_record, _count, isFirstLane) =>
      isFirstLane ? [control('note-once')] : [],
    );
    const events: string[] = [];
    await expectWhole(await run(later, newer, { onEvent: ({ type }) => events.push(type) }));
    expect(events.filter((type) => type === 'unresumable')).toEqual(['unresumable']);
  });

  it('may say it over connections that are lost, with nothing counted twice', async () => {
    for (const every of [19, 23]) {
      const { newer } = await saysNotes();
      const relay = new MemoryRelay();
      relay.cut = (count) => (count > 8 && count < 80 && count % every === 0 ? 'after' : null);
      await expectWhole(await run(later, newer, { relay, reconnectTimeoutMs: 60_000 }));
    }
  });

  const UNKNOWN: [string, Bytes][] = [
    ['a kind below 128', Uint8Array.of(127, 0, 1)],
    ['a flag on a known kind', Uint8Array.of(1, 0x80, ...utf8('{"type":"bye"}'))],
    ['a control message', control('presence')],
    ['a flag beside that of zstd', Uint8Array.of(2, 3, 0)],
  ];

  it.each(UNKNOWN)(
    'ends the transfer with %s that must be known, whenever, and both learn why',
    async (_what, unknown) => {
      let sends = Number.POSITIVE_INFINITY;
      const endings = new Set<string>();
      for (let at = 0; at < sends; at += 1) {
        let before = '';
        let count = 0;
        const newer = await engineThatAlsoSays((record, index) => {
          count = index + 1;
          if (index !== at) return [];
          before = nameOf(record);
          return [unknown];
        });
        const { sent, received, folder } = await run(later, newer);
        if (before === '') {
          sends = count;
          break;
        }
        const [current, other] = later === 'sender' ? [received, sent] : [sent, received];
        const ending = [current, other].map((each) =>
          each.status === 'fulfilled' ? 'done' : each.reason.code,
        );
        endings.add(`${before}: ${ending.join(', ')}`);
        // Once all is verified, nothing that a receiver hears makes it undone.
        const isWhole = folder.files.size === TREE.length && folder.parts.size === 0;
        if (later === 'sender' && before === 'bye') expect(ending).toEqual(['done', 'done']);
        else if (ending[1] === 'done')
          expect([ending[0], later, isWhole]).toEqual(['update-needed', 'receiver', true]);
        else expect(ending).toEqual(['update-needed', 'peer-outdated']);
        for (const [path, content] of folder.files) {
          expect(content.length).toBe(TREE.find((entry) => entry.path === path)!.sizeBytes);
        }
      }
      const first = later === 'sender' ? 'manifest' : 'accept';
      expect(endings).toContain(`${first}: update-needed, peer-outdated`);
      expect(endings.size).toBeGreaterThan(2);
    },
  );
});
