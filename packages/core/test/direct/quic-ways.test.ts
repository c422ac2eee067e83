// Direct ways by two kinds, TCP and QUIC: one budget of dials for both, and nothing of QUIC unless both ends know it.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { Dialling } from '../../src/direct/dialling.ts';
import { type DirectWay, DirectWays } from '../../src/direct/direct-ways.ts';
import type { DirectAddress, DirectNetwork } from '../../src/ports/direct-network.ts';
import type { Role } from '../../src/ports/rendezvous.ts';
import { MAX_DIALS, MAX_REACH_ADDRESSES } from '../../src/wire/limits.ts';
import { MemoryNetwork, turns } from './memory-network.ts';

const SECRET = new Uint8Array(32).fill(8);
const BOTH = ['direct', 'quic'];
const SENDER: DirectAddress = { host: '10.0.0.1', port: 5001 };
const RECEIVER: DirectAddress = { host: '10.0.0.2', port: 5002 };
const ALL = Array.from({ length: MAX_REACH_ADDRESSES }, (_, i) => ({ host: `10.0.1.${i}`, port: 5000 }));
const NEXT_DIAL_MS = 250;

let tcp: MemoryNetwork;
let quic: MemoryNetwork;
let clock: FakeClock;
let ending: AbortController;

beforeEach(() => {
  [tcp, quic, clock, ending] = [
    new MemoryNetwork(),
    new MemoryNetwork(),
    new FakeClock(),
    new AbortController(),
  ];
});

/** Resolves once a promise has, while time passes. */
async function passing<Result>(promise: Promise<Result>): Promise<Result> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  promise.then(end, end);
  while (!isOver) {
    await turns(3);
    clock.advance(NEXT_DIAL_MS / 5);
  }
  return promise;
}

const waysOf = (role: Role, at: DirectAddress | null, networks: { quic?: DirectNetwork | null } = {}) =>
  new DirectWays({
    network: tcp.at(at),
    quic: quic.at(at),
    clock,
    bulk: webBulkCrypto,
    role,
    only: false,
    ...networks,
  });

describe('dials', () => {
  const dialling = () =>
    new Dialling({
      network: tcp.at(null),
      quic: quic.at(null),
      clock,
      bulk: webBulkCrypto,
      role: 'receiver',
    });

  it('of both kinds share the eight of a transfer, however many addresses are named', async () => {
    const own = dialling();
    for (let round = 0; round < 10; round += 1) {
      own.hear(ALL, SECRET, ALL);
      await passing(own.dial(1, ending.signal, () => {}));
    }
    expect([tcp.dialled, quic.dialled]).toEqual([ALL.slice(0, MAX_DIALS / 2), ALL.slice(0, MAX_DIALS / 2)]);
  });

  it('over QUIC begin a second after those over TCP, whatever became of them', async () => {
    const own = dialling();
    own.hear(ALL.slice(0, 2), SECRET, ALL.slice(0, 2));
    const dialled = own.dial(1, ending.signal, () => {});
    const counts: number[] = [];
    for (let ms = 0; ms < 1_500; ms += NEXT_DIAL_MS) {
      await turns();
      counts.push(tcp.dialled.length + quic.dialled.length);
      clock.advance(NEXT_DIAL_MS);
    }
    expect(counts).toEqual([1, 2, 2, 2, 3, 4]);
    expect(tcp.dialled).toHaveLength(2);
    await passing(dialled);
  });

  it('over QUIC begin at once where nothing else is to be dialled', async () => {
    const own = dialling();
    own.hear([], SECRET, ALL.slice(0, 1));
    void own.dial(1, ending.signal, () => {});
    await turns();
    expect(quic.dialled).toHaveLength(1);
    await passing(Promise.resolve());
  });

  it('go to no address over QUIC that the device refuses, and leave the others their turn', async () => {
    quic.mayDial = ({ host }) => host === ALL[9]!.host;
    const own = dialling();
    own.hear([], SECRET, ALL);
    await passing(own.dial(1, ending.signal, () => {}));
    expect([tcp.dialled, quic.dialled]).toEqual([[], [ALL[9]]]);
  });

  it('for a lane of QUIC go nowhere else', async () => {
    const own = dialling();
    own.hear(ALL, SECRET, ALL.slice(0, 2));
    await passing(own.dial(1, ending.signal, () => {}, 'quic'));
    expect([tcp.dialled.length, quic.dialled.length]).toEqual([0, 2]);
  });

  it('that prove themselves over QUIC prove nothing about TCP at the same address and port', async () => {
    await quic.at(SENDER).listen(() => {});
    const own = dialling();
    own.hear([SENDER], SECRET, [SENDER]);
    await passing(own.dial(1, ending.signal, ({ onProved }) => onProved()));
    const again = new AbortController();
    void own.dialAgain(1, again.signal, () => {});
    while (quic.dialled.length < 4) {
      await turns(2);
      clock.advance(50);
    }
    again.abort();
    expect(tcp.dialled).toHaveLength(1);
  });
});

describe('of QUIC nothing is told, opened or dialled', () => {
  it.each([
    ['in a session with an end that lacks it', () => waysOf('sender', SENDER), ['direct']],
    ['on a device that lacks it', () => waysOf('sender', SENDER, { quic: null }), BOTH],
  ])('%s', async (_name, make, features) => {
    const ways = make();
    ways.beginSession(features);
    const reach = await ways.open(SECRET);
    expect(reach).toMatchObject({ addresses: [SENDER] });
    expect(reach).not.toHaveProperty('quic');
    // Whatever the other end says.
    await ways.hear({ nonce: new Uint8Array(16), addresses: [], quic: ALL, only: false }, SECRET);
    void ways.seek(1, ending.signal, () => {});
    for (let ms = 0; ms < 5_000; ms += 50) {
      await turns(2);
      clock.advance(50);
    }
    expect([quic.openPorts, quic.dialled, ways.hasBothKinds]).toEqual([0, [], false]);
    ending.abort();
  });
});

it('both kinds are told and opened once where both ends know both, and closed with the transfer', async () => {
  const close = vi.fn();
  const ways = waysOf('sender', SENDER, { quic: { ...quic.at(SENDER), close } });
  for (let session = 0; session < 3; session += 1) {
    ways.beginSession(BOTH);
    expect(await ways.open(SECRET)).toMatchObject({ addresses: [SENDER], quic: [SENDER] });
  }
  expect([tcp.openPorts, quic.openPorts, close.mock.calls.length]).toEqual([1, 1, 0]);
  ways.close();
  await turns();
  expect([tcp.openPorts, quic.openPorts, close.mock.calls.length]).toEqual([0, 0, 1]);
});

it('a lane of QUIC drops the TCP channels that come for it, and takes those over QUIC', async () => {
  const [sender, receiver] = [waysOf('sender', SENDER), waysOf('receiver', null)];
  for (const ways of [sender, receiver]) ways.beginSession(BOTH);
  await receiver.hear(await sender.open(SECRET), SECRET);
  const found: DirectWay[] = [];
  void sender.seek(1, ending.signal, (way) => void found.push(way), { kind: 'quic' });
  void receiver.seek(1, ending.signal, () => {});
  await passing(vi.waitFor(() => expect(found).toHaveLength(1)));
  expect(found[0]!.path.kind).toBe('quic');
  expect(tcp.connections).toHaveLength(1);
  await vi.waitFor(() => expect(tcp.connections[0]![0].isClosed).toBe(true));
  ending.abort();
});

describe('ends share a kind of direct paths', () => {
  it.each([
    ['both know TCP', { hasTcp: true }, ['direct'], true],
    ['both know QUIC alone', { hasTcp: false }, BOTH, true],
    ['one takes QUIC alone, and the other lacks it', { hasTcp: false }, ['direct'], false],
    ['the other end knows no direct paths', { hasTcp: true }, ['quic'], false],
    ['the other end is older', { hasTcp: true }, [], false],
  ])('%s', (_name, { hasTcp }, features, isShared) => {
    const ways = new DirectWays({
      network: hasTcp ? tcp.at(SENDER) : null,
      quic: quic.at(SENDER),
      clock,
      bulk: webBulkCrypto,
      role: 'sender',
      only: false,
    });
    expect(ways.beginSession(features)).toBe(isShared);
  });
});

it('an end takes QUIC at an address that it was told of, over a port of the other kind too', async () => {
  const [sender, receiver] = [waysOf('sender', SENDER), waysOf('receiver', RECEIVER)];
  for (const ways of [sender, receiver]) ways.beginSession(BOTH);
  await receiver.hear(await sender.open(SECRET), SECRET);
  await sender.hear(await receiver.open(SECRET), SECRET);
  const found: DirectWay[] = [];
  void sender.seek(1, ending.signal, (way) => void found.push(way));
  void receiver.seek(1, ending.signal, () => {});
  // Two dials each way.
  await passing(vi.waitFor(() => expect(found).toHaveLength(4)));
  expect(found.map(({ path }) => path.kind).sort()).toEqual(['quic', 'quic', 'tcp', 'tcp']);
  ending.abort();
});
