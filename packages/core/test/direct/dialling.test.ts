// Dialling what the other end names: within bounds, since it may mean a third party.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { readFirstFrame } from '../../src/crypto/first-frame.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { Dialling } from '../../src/direct/dialling.ts';
import type { DirectWay } from '../../src/direct/direct-ways.ts';
import type { DirectAddress, DirectNetwork } from '../../src/ports/direct-network.ts';
import { FIRST_FRAME_BYTES, MAX_DIALS, MAX_LANES, MAX_REACH_ADDRESSES } from '../../src/wire/limits.ts';
import { MemoryNetwork, received, turns } from './memory-network.ts';

const KEY = new Uint8Array(32).fill(3);
const NEXT_DIAL_MS = 250;
const DIAL_MS = 5_000;
const addressOf = (number: number): DirectAddress => ({ host: `10.0.0.${number}`, port: 5000 });
const ALL = Array.from({ length: MAX_REACH_ADDRESSES }, (_, i) => addressOf(i));

let network: MemoryNetwork;
let clock: FakeClock;
let ways: DirectWay[];
let ending: AbortController;

beforeEach(() => {
  [network, clock, ways, ending] = [new MemoryNetwork(), new FakeClock(), [], new AbortController()];
});

function start(more: Partial<DirectNetwork> = {}): Dialling {
  const device = { ...network.at(null), ...more };
  return new Dialling({ network: device, clock, bulk: webBulkCrypto, role: 'receiver' });
}

const begin = (dialling: Dialling, lane = 1) =>
  dialling.dial(lane, ending.signal, (way) => void ways.push(way));

/** Dials, and lets time pass until that is over. */
async function dial(dialling: Dialling, lane = 1): Promise<void> {
  const over = vi.fn();
  const dialled = begin(dialling, lane).then(over);
  while (over.mock.calls.length === 0) {
    await turns(3);
    if (over.mock.calls.length === 0) clock.advance(NEXT_DIAL_MS);
  }
  return dialled;
}

/** The address that is dialled is the other end's. */
async function listen(address: DirectAddress): Promise<void> {
  await network.at(address).listen(() => {});
}

describe('dialling', () => {
  it('says the first frame for its lane and role, under the listener’s key, and nothing else', async () => {
    await listen(addressOf(0));
    const dialling = start();
    dialling.hear([addressOf(0)], KEY);
    await dial(dialling, 5);
    const [, theirs] = network.connections[0]!;
    const frame = await received(theirs);
    expect(frame).toHaveLength(FIRST_FRAME_BYTES);
    expect(readFirstFrame(frame as Uint8Array<ArrayBuffer>, KEY, 'receiver', MAX_LANES)).toMatchObject({
      lane: 5,
    });
    expect(network.connections[0]![0].sent).toHaveLength(1);
    expect(ways).toMatchObject([{ path: { kind: 'tcp', isLocal: true } }]);
    expect(clock.pending).toBe(0);
  });

  it('begins the next dial 250 ms later, whatever became of the one before: the time tells nobody', async () => {
    await listen(addressOf(1));
    const dialling = start();
    dialling.hear(ALL.slice(0, 3), KEY);
    const dialled = begin(dialling);
    for (const count of [1, 2, 3]) {
      await turns();
      clock.advance(NEXT_DIAL_MS - 1);
      await turns();
      expect(network.dialled).toEqual(ALL.slice(0, count));
      clock.advance(1);
    }
    await dialled;
    expect(clock.pending).toBe(0);
  });

  it('begins the next dial 250 ms after one that isn’t answered, and ends each after 5 s', async () => {
    network.isBlackHole = true;
    const dialling = start();
    dialling.hear(ALL.slice(0, 3), KEY);
    const dialled = begin(dialling);
    for (const count of [1, 2, 3]) {
      await turns();
      expect(network.dialled).toHaveLength(count);
      clock.advance(NEXT_DIAL_MS - 1);
      await turns();
      expect(network.dialled).toHaveLength(count);
      clock.advance(1);
    }
    clock.advance(DIAL_MS - 3 * NEXT_DIAL_MS - 1);
    await turns();
    expect(network.abortedDials).toBe(0);
    clock.advance(1);
    await turns();
    expect(network.abortedDials).toBe(1);
    clock.advance(2 * NEXT_DIAL_MS);
    await dialled;
    expect([network.abortedDials, clock.pending]).toEqual([3, 0]);
  });

  it('makes eight dials in a transfer to nobody, however often it is told of more', async () => {
    const dialling = start();
    dialling.hear(ALL, KEY);
    await dial(dialling);
    expect(network.dialled).toEqual(ALL.slice(0, MAX_DIALS));
    for (let session = 0; session < 5; session += 1) {
      dialling.hear(
        ALL.map(({ host }) => ({ host, port: 6000 + session })),
        KEY,
      );
      await dial(dialling, session);
    }
    expect([network.dialled.length, MAX_DIALS]).toEqual([8, 8]);
  });

  it('counts a dial that is answered by somebody who proves nothing', async () => {
    for (const address of ALL) await listen(address);
    const dialling = start();
    dialling.hear(ALL, KEY);
    await dial(dialling);
    await dial(dialling);
    expect(network.dialled).toHaveLength(MAX_DIALS);
  });

  it('dials where the other end has proved itself first, as often as lanes want, and at no cost', async () => {
    await listen(addressOf(2));
    const dialling = start();
    dialling.hear(ALL.slice(0, 4), KEY);
    await dial(dialling);
    ways[0]!.onProved();
    ways[0]!.onProved();
    network.dialled.length = 0;
    for (let lane = 0; lane < 20; lane += 1) {
      clock.advance(DIAL_MS);
      const before = network.dialled.length;
      await dial(dialling, lane % MAX_LANES);
      expect(network.dialled[before]).toEqual(addressOf(2));
    }
    const [proven, others] = [0, 0].map((_, i) =>
      network.dialled.filter(({ host }) => (host === addressOf(2).host) === (i === 0)),
    );
    expect([proven!.length, others!.length]).toEqual([20, MAX_DIALS - 3]);
  });

  it('dials nothing that the device refuses, and asks it before anything is dialled', async () => {
    network.mayDial = ({ host }) => host === addressOf(7).host;
    const dialling = start();
    dialling.hear(ALL, KEY);
    await dial(dialling);
    expect(network.dialled).toEqual([addressOf(7)]);
  });

  it('before anything was heard dials nothing', async () => {
    await dial(start());
    expect(network.dialled).toEqual([]);
  });

  it('never rejects, whatever a network throws', async () => {
    for (const broken of [
      { dial: () => Promise.reject(new TypeError('a bug of the system’s')) },
      {
        dial: (): never => {
          throw new Error('at once');
        },
      },
    ]) {
      const dialling = start(broken);
      dialling.hear(ALL, KEY);
      await expect(dial(dialling)).resolves.toBeUndefined();
      expect(clock.pending).toBe(0);
    }
  });

  it('that is aborted dials nothing more, and ends what is under way', async () => {
    network.isBlackHole = true;
    const dialling = start();
    dialling.hear(ALL, KEY);
    const dialled = begin(dialling);
    await turns();
    clock.advance(NEXT_DIAL_MS);
    await turns();
    ending.abort();
    await dialled;
    expect([network.dialled.length, network.abortedDials, clock.pending]).toEqual([2, 2, 0]);
    await dial(dialling);
    expect(network.dialled).toHaveLength(2);
  });

  it('that is aborted closes a connection that comes all the same, and doesn’t say a word on it', async () => {
    await listen(addressOf(0));
    const dialling = start({
      dial: async (address, signal) => {
        const channel = await network.at(null).dial(address, signal);
        ending.abort();
        return channel;
      },
    });
    dialling.hear([addressOf(0)], KEY);
    await dial(dialling);
    const [own] = network.connections[0]!;
    expect([own.isClosed, own.sent, ways]).toEqual([true, [], []]);
  });
});

describe('what came of a dial of a third party’s place', () => {
  const [THIRD, OWN] = [addressOf(1), addressOf(2)];
  /** When each place is dialled, in ms. */
  async function dialsOf(isBlackHole: boolean, run: (dialling: Dialling) => void, forMs: number) {
    [network, clock, ways] = [new MemoryNetwork(), new FakeClock(), []];
    ending = new AbortController();
    network.isBlackHole = isBlackHole;
    await listen(OWN);
    const dials: [host: string, atMs: number][] = [];
    const dialling = start({
      dial: (address, signal) => {
        dials.push([address.host, clock.nowMs()]);
        return network.at(null).dial(address, signal);
      },
    });
    run(dialling);
    for (let ms = 0; ms < forMs; ms += 250) {
      await turns(3);
      clock.advance(250);
    }
    ending.abort();
    await turns();
    return dials;
  }
  /** Whether it refuses, or doesn't answer. */
  async function expectNothingTold(run: (dialling: Dialling) => void, dials: number): Promise<void> {
    const refused = await dialsOf(false, run, 12_000);
    expect(await dialsOf(true, run, 12_000)).toEqual(refused);
    expect(refused).toHaveLength(dials);
  }

  it('isn’t told by the next dials where it is named twice', async () => {
    await expectNothingTold((dialling) => {
      dialling.hear([THIRD, THIRD, OWN], KEY);
      void begin(dialling);
    }, 2);
  });

  it('isn’t told by the dials of another lane', async () => {
    await expectNothingTold((dialling) => {
      dialling.hear([THIRD, OWN], KEY);
      for (const lane of [1, 2, 3, 4, 5, 6]) clock.after(lane * 1_500, () => void begin(dialling, lane));
    }, 4);
  });
});

describe('dials of two lanes at once', () => {
  it('share the bound', async () => {
    network.isBlackHole = true;
    const dialling = start();
    dialling.hear(ALL, KEY);
    const dials = [1, 2, 3].map((lane) => begin(dialling, lane));
    for (let i = 0; i < 40; i += 1) {
      clock.advance(NEXT_DIAL_MS);
      await turns(3);
    }
    await Promise.all(dials);
    await vi.waitFor(() => expect(network.abortedDials).toBe(MAX_DIALS));
    expect(network.dialled).toHaveLength(MAX_DIALS);
  });
});
