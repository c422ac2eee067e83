// The port of a transfer answers nobody but the other end, and strangers cost it next to nothing.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { firstFrame } from '../../src/crypto/first-frame.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import type { DirectChannel } from '../../src/ports/direct-network.ts';
import { FIRST_FRAME_MS, MAX_HALF_OPEN, MAX_LANES } from '../../src/wire/limits.ts';
import { AT, isDropped, KEY, ListeningRig } from './listening-rig.ts';
import { type MemoryChannel, turns } from './memory-network.ts';

let rig: ListeningRig;
beforeEach(async () => {
  rig = await ListeningRig.start();
});

describe('whoever else dials', () => {
  const ROLES = { own: 'sender', theirs: 'receiver' } as const;
  const frameOf = (key: Bytes, role: 'sender' | 'receiver', lane: number) =>
    firstFrame(key, role, lane).frame;

  it.each<[string, Bytes]>([
    ['with this end’s own role', frameOf(KEY, ROLES.own, 1)],
    [
      'with another transfer’s key',
      frameOf(
        KEY.map((b) => b ^ 1),
        ROLES.theirs,
        1,
      ),
    ],
    ['for a lane that no transfer has', frameOf(KEY, ROLES.theirs, MAX_LANES)],
    ['with half a frame', frameOf(KEY, ROLES.theirs, 1).slice(0, 16)],
    ['with a byte more', Uint8Array.from([...frameOf(KEY, ROLES.theirs, 1), 0])],
    ['with an empty message', new Uint8Array(0)],
    ['with zeros', new Uint8Array(32)],
    ['with HTTP', Uint8Array.from(Buffer.from('GET / HTTP/1.1\r\nHost: example\r\n\r\n'))],
  ])('%s is dropped at once, and told nothing', async (_name, message) => {
    for (let lane = 0; lane < MAX_LANES; lane += 1) rig.listening.await(lane, rig.onWay);
    const [own, theirs] = await rig.connect();
    own.send(message);
    expect(await isDropped(own, theirs)).toBe(true);
    expect([rig.ways, rig.clock.pending]).toEqual([[], 0]);
  });

  it('with a frame that was seen before is dropped, at once and after the first one is gone', async () => {
    rig.listening.await(1, rig.onWay);
    const { frame, own } = await rig.dial(1);
    await vi.waitFor(() => expect(rig.ways).toHaveLength(1));
    const [twin, twinTheirs] = await rig.connect();
    twin.send(frame.slice());
    expect(await isDropped(twin, twinTheirs)).toBe(true);
    own.terminate();
    const [later, laterTheirs] = await rig.connect();
    later.send(frame.slice());
    expect(await isDropped(later, laterTheirs)).toBe(true);
    expect(rig.ways).toHaveLength(1);
  });

  it('and says nothing is dropped after 10 s, and not before', async () => {
    const [own, theirs] = await rig.connect();
    rig.clock.advance(FIRST_FRAME_MS - 1);
    expect(await isDropped(own, theirs)).toBe(false);
    rig.clock.advance(1);
    expect(await isDropped(own, theirs)).toBe(true);
    expect(FIRST_FRAME_MS).toBe(10_000);
  });

  it('waits with fifteen others, of whom one more replaces the oldest, also within one turn', async () => {
    const all: [MemoryChannel, MemoryChannel][] = [];
    for (let i = 0; i < MAX_HALF_OPEN; i += 1) all.push(await rig.connect());
    for (const [own, theirs] of all) expect(await isDropped(own, theirs)).toBe(false);
    await rig.connect();
    expect(await isDropped(...all[0]!)).toBe(true);
    expect(await isDropped(...all[1]!)).toBe(false);
    // A flood that comes before anything else runs.
    const before = rig.network.connections.length;
    const { signal } = new AbortController();
    for (let i = 0; i < 100; i += 1) void rig.network.at(null).dial(AT, signal);
    await turns();
    const open = rig.network.connections.filter(([own]) => !own.isClosed);
    expect(rig.network.connections.length - before).toBe(100);
    expect(open).toEqual(rig.network.connections.slice(-MAX_HALF_OPEN));
    expect(rig.clock.pending).toBe(MAX_HALF_OPEN);
  });

  it('doesn’t keep the other end out that dials among them', async () => {
    rig.listening.await(1, rig.onWay);
    const { signal } = new AbortController();
    for (let i = 0; i < 1000; i += 1) {
      void rig.network.at(null).dial(AT, signal);
      if (i === 500) void rig.dial(1);
    }
    await vi.waitFor(() => expect(rig.ways).toHaveLength(1));
  });

  it('holds nothing of a million strangers with garbage', async () => {
    // What a network hands over, without the test's own record of it.
    let onChannel: (channel: DirectChannel) => void = () => {};
    const port = {
      mayDial: () => false,
      dial: () => Promise.reject(new Error()),
      listen: async (take: typeof onChannel) => {
        onChannel = take;
        return { addresses: () => [], close() {} };
      },
    };
    const own = rig.another();
    await own.open(port, 'tcp');
    let [open, most] = [0, 0];
    const garbage = new Uint8Array(8);
    const stranger = (): DirectChannel => {
      open += 1;
      most = Math.max(most, open);
      let isOpen = true;
      const terminate = () => {
        if (isOpen) open -= 1;
        isOpen = false;
      };
      const receive = async () => ({ kind: 'message', bytes: garbage }) as const;
      return {
        isLocal: false,
        bufferedBytes: 0,
        send: () => expect.unreachable(),
        drained: async () => {},
        receive,
        close: terminate,
        terminate,
      };
    };
    for (let i = 0; i < 1_000_000; i += 1) {
      onChannel(stranger());
      if (i % 100 === 99) await turns(1);
    }
    await turns(1);
    expect([open, rig.clock.pending]).toEqual([0, 0]);
    expect(most).toBeLessThanOrEqual(MAX_HALF_OPEN + 1);
  });
});
