// The direct ways of one transfer: two devices on a network in memory, each of which listens and dials.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { type DirectWay, DirectWays } from '../../src/direct/direct-ways.ts';
import type { DirectAddress, DirectNetwork } from '../../src/ports/direct-network.ts';
import type { Role } from '../../src/ports/rendezvous.ts';
import { MemoryNetwork, received, turns } from './memory-network.ts';

const SECRET = new Uint8Array(32).fill(8);
const SENDER: DirectAddress = { host: '10.0.0.1', port: 5001 };
const RECEIVER: DirectAddress = { host: '10.0.0.2', port: 5002 };

let network: MemoryNetwork;
let clock: FakeClock;
let ending: AbortController;

beforeEach(() => {
  [network, clock, ending] = [new MemoryNetwork(), new FakeClock(), new AbortController()];
});

const waysOf = (role: Role, device: DirectNetwork, only = false) =>
  new DirectWays({ network: device, clock, bulk: webBulkCrypto, role, only });

/** From a search's beginning until everything that is dialled once was dialled, and ended. */
const ALL_DIALLED_MS = 2_000;

/** Seeks; `over` once the first dials are. The search goes on until it is aborted. */
function seek(ways: DirectWays, lane = 1): { found: DirectWay[]; over: Promise<void> } {
  const found: DirectWay[] = [];
  void ways.seek(lane, ending.signal, (way) => void found.push(way));
  const passing = async () => {
    for (let ms = 0; ms < ALL_DIALLED_MS; ms += 10) {
      await turns(1);
      clock.advance(10);
    }
  };
  return { found, over: passing() };
}

describe('direct ways', () => {
  it.each([
    ['both can be dialled', SENDER, RECEIVER, 2],
    ['only the sender can', SENDER, null, 1],
    ['only the receiver can', null, RECEIVER, 1],
    ['neither can', null, null, 0],
  ])('lead from each end to the other where %s', async (_name, atSender, atReceiver, count) => {
    const sender = waysOf('sender', network.at(atSender));
    const receiver = waysOf('receiver', network.at(atReceiver));
    await sender.hear(await receiver.open(SECRET), SECRET);
    await receiver.hear(await sender.open(SECRET), SECRET);
    const [a, b] = [seek(sender), seek(receiver)];
    await Promise.all([a.over, b.over]);
    await vi.waitFor(() => expect([a.found.length, b.found.length]).toEqual([count, count]));
    for (const { channel } of a.found) channel.send(Uint8Array.of(1));
    for (const { channel } of b.found) expect(await received(channel)).toEqual(Uint8Array.of(1));
  });

  it('are awaited at a port that is only just being opened when the lane is', async () => {
    const sender = waysOf('sender', network.at(SENDER));
    const receiver = waysOf('receiver', network.at(null));
    await sender.hear(await receiver.open(SECRET), SECRET);
    const opening = sender.open(SECRET);
    const { found } = seek(sender);
    await receiver.hear(await opening, SECRET);
    const theirs = seek(receiver);
    await theirs.over;
    await vi.waitFor(() => expect([found.length, theirs.found.length]).toEqual([1, 1]));
  });

  it('have one port in a transfer, under one nonce, however often it is opened', async () => {
    const ways = waysOf('sender', network.at(SENDER));
    const [first, second] = await Promise.all([ways.open(SECRET), ways.open(SECRET)]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ addresses: [SENDER], only: false });
    expect(first.nonce).toHaveLength(16);
    expect(network.openPorts).toBe(1);
    expect((await waysOf('sender', network.at(RECEIVER)).open(SECRET)).nonce).not.toEqual(first.nonce);
  });

  it('don’t lead to an end of another transfer', async () => {
    const sender = waysOf('sender', network.at(SENDER));
    const stranger = waysOf('receiver', network.at(null));
    const reach = await sender.open(SECRET);
    await stranger.hear(
      reach,
      SECRET.map((byte) => byte + 1),
    );
    const { found } = seek(sender);
    await seek(stranger).over;
    await vi.waitFor(() => expect(network.connections[0]?.[0].isClosed).toBe(true));
    expect(found).toEqual([]);
  });

  it('are taken alone as soon as one of the ends wants that', async () => {
    const reach = { nonce: new Uint8Array(16), addresses: [] };
    const own = waysOf('sender', network.at(SENDER), true);
    expect([own.isOnly, (await own.open(SECRET)).only]).toEqual([true, true]);
    const ways = waysOf('sender', network.at(SENDER));
    expect([ways.isOnly, ways.isKnown]).toEqual([false, false]);
    await ways.hear({ ...reach, only: false }, SECRET);
    // Before the offer is accepted nothing follows from it.
    expect([ways.isOnly, ways.isKnown]).toEqual([false, false]);
    await ways.open(SECRET);
    expect([ways.isOnly, ways.isKnown]).toEqual([false, true]);
    await ways.hear({ ...reach, only: true }, SECRET);
    expect(ways.isOnly).toBe(true);
    // Another process may be there in the next session, and want something else.
    ways.beginSession();
    expect([ways.isOnly, ways.isKnown]).toEqual([false, false]);
  });

  it('dial a proven place again every 3 s, however long dials of other places take: the time would tell', async () => {
    const times: number[][] = [];
    for (const isBlackHole of [false, true]) {
      [network, clock, ending] = [new MemoryNetwork(), new FakeClock(), new AbortController()];
      network.isBlackHole = isBlackHole;
      await network.at(SENDER).listen(() => {});
      const dials: number[] = [];
      const ways = waysOf('receiver', {
        ...network.at(null),
        dial: (address, signal) => {
          if (address.host === SENDER.host) dials.push(clock.nowMs());
          return network.at(null).dial(address, signal);
        },
      });
      await ways.open(SECRET);
      const third = { host: '10.0.0.9', port: 5000 };
      await ways.hear({ nonce: new Uint8Array(16), addresses: [third, SENDER], only: false }, SECRET);
      const found = vi.fn((way: DirectWay) => way.onProved());
      void ways.seek(1, ending.signal, found);
      for (let ms = 0; ms < 10_000; ms += 50) {
        await turns(2);
        if (dials.length > found.mock.calls.length)
          await vi.waitFor(() => expect(found).toHaveBeenCalledTimes(dials.length));
        clock.advance(50);
      }
      ending.abort();
      times.push(dials.map((atMs) => atMs - dials[0]!));
    }
    expect(times[1]).toEqual(times[0]);
    expect(times[0]).toHaveLength(4);
  });

  it('that were closed seek nothing, open nothing, and leave no port', async () => {
    const ways = waysOf('sender', network.at(SENDER));
    await ways.open(SECRET);
    await ways.hear({ nonce: new Uint8Array(16), addresses: [RECEIVER], only: false }, SECRET);
    ways.close();
    await seek(ways).over;
    expect([network.dialled, network.openPorts, clock.pending]).toEqual([[], 0, 0]);
    const late = waysOf('sender', network.at(SENDER));
    const opening = late.open(SECRET);
    late.close();
    await opening;
    expect(network.openPorts).toBe(0);
  });

  it('whose search is aborted give nothing more to it', async () => {
    const sender = waysOf('sender', network.at(SENDER));
    const receiver = waysOf('receiver', network.at(null));
    await receiver.hear(await sender.open(SECRET), SECRET);
    const { found, over } = seek(sender);
    await over;
    ending.abort();
    ending = new AbortController();
    await seek(receiver).over;
    await turns(50);
    expect(found).toEqual([]);
    // Who came meanwhile waits for the next search.
    const next = seek(sender);
    await vi.waitFor(() => expect(next.found).toHaveLength(1));
  });
});
