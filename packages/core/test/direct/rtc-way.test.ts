// WebRTC between two ends: what is told when, who opens what, and what a hostile other end can have this one do.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { type DirectWay, DirectWays } from '../../src/direct/direct-ways.ts';
import type { Role } from '../../src/ports/rendezvous.ts';
import type { RtcCandidate, RtcDescription } from '../../src/ports/rtc-network.ts';
import { DIRECT, QUIC, WEBRTC } from '../../src/wire/greeting.ts';
import {
  MAX_DIALS,
  MAX_HALF_OPEN,
  MAX_RTC_CANDIDATES,
  MAX_RTC_CHANNELS,
  MAX_RTC_PLACES,
  MAX_RTC_WAITING_BYTES,
  RTC_GATHER_MS,
  RTC_HEAD_MS,
  RTC_PIECE_BYTES,
} from '../../src/wire/limits.ts';
import { MemoryNetwork, received, turns } from './memory-network.ts';
import { type MemoryDataChannel, MemoryRtc, type MemoryRtcConnection } from './memory-rtc.ts';

const SECRET = new Uint8Array(32).fill(8);
const AGAIN_MS = 3_000;

let rtc: MemoryRtc;
let clock: FakeClock;
let ending: AbortController;

beforeEach(() => {
  [rtc, clock, ending] = [new MemoryRtc(), new FakeClock(), new AbortController()];
});

const candidateAt = (number: number): RtcCandidate => ({
  host: `10.0.1.${number}`,
  port: 5000,
  type: 'host',
});

function waysOf(role: Role, features = [WEBRTC]): DirectWays {
  const context = { network: null, rtc: rtc.network(), clock, bulk: webBulkCrypto, role, only: false };
  const ways = new DirectWays(context);
  ways.beginSession(features, ['stun:relay.example:3478']);
  return ways;
}

/** Both ends after both have said `reach`. */
async function agreed() {
  const [sender, receiver] = [waysOf('sender'), waysOf('receiver')];
  await sender.hear(await receiver.open(SECRET), SECRET);
  await receiver.hear(await sender.open(SECRET), SECRET);
  return { sender, receiver };
}

function seek(ways: DirectWays, lane = 1, mayOpenWebrtc = true): DirectWay[] {
  const found: DirectWay[] = [];
  void ways.seek(lane, ending.signal, (way) => void found.push(way), { mayOpenWebrtc });
  return found;
}

const connectionOf = (role: Role): MemoryRtcConnection =>
  rtc.connections.find(({ offer }) => (offer === null) === (role === 'receiver'))!;

/** A reach whose description is the other end's own, with other candidates. */
const descriptionWith = (candidates: readonly RtcCandidate[]): RtcDescription => ({
  ...{ ufrag: 'abcd', password: 'p'.repeat(22), fingerprint: new Uint8Array(32), candidates },
});
const reachWith = (candidates: readonly RtcCandidate[]) => ({
  ...{ nonce: new Uint8Array(16), addresses: [], only: false, rtc: descriptionWith(candidates) },
});

describe('WebRTC', () => {
  it('leads from the sender to the receiver: the receiver offers, the sender opens a channel for its lane', async () => {
    const { sender, receiver } = await agreed();
    const [atSender, atReceiver] = [seek(sender), seek(receiver)];
    await vi.waitFor(() => expect([atSender.length, atReceiver.length]).toEqual([1, 1]));
    expect(atSender[0]!.path).toEqual({ kind: 'webrtc', isLocal: true });
    expect(atReceiver[0]!.path).toEqual({ kind: 'webrtc', isLocal: true });
    atSender[0]!.channel.send(Uint8Array.of(1));
    expect(await received(atReceiver[0]!.channel)).toEqual(Uint8Array.of(1));
    atReceiver[0]!.channel.send(Uint8Array.of(2));
    expect(await received(atSender[0]!.channel)).toEqual(Uint8Array.of(2));
    expect(connectionOf('receiver').options.stunUrls).toEqual(['stun:relay.example:3478']);
  });

  it('shows an observer of the channel neither the lane’s key nor its handshake', async () => {
    const { sender, receiver } = await agreed();
    const [found] = [seek(sender), seek(receiver)];
    await vi.waitFor(() => expect(found).toHaveLength(1));
    found[0]!.channel.send(new Uint8Array(100).fill(9));
    await turns();
    const [first, second] = connectionOf('sender').channels[0]!.sent;
    expect(first).toHaveLength(1 + 32);
    expect(second).toHaveLength(1 + 100 + 16);
    expect(Buffer.from(second!).includes(Buffer.alloc(20, 9))).toBe(false);
  });

  it('isn’t opened for a lane that leaves it to others', async () => {
    const { sender } = await agreed();
    const found = seek(sender, 1, false);
    await turns();
    expect([found, connectionOf('sender').channels]).toEqual([[], []]);
  });

  it('is tried again every 3 s, and by the search that waits while a connection is made', async () => {
    const sender = waysOf('sender');
    const receiver = waysOf('receiver');
    const theirs = await receiver.open(SECRET);
    await sender.hear({ ...theirs, rtc: undefined }, SECRET);
    await sender.open(SECRET);
    const found = seek(sender);
    await turns();
    expect(found).toEqual([]);
    await sender.hear(theirs, SECRET);
    await receiver.hear(await sender.open(SECRET), SECRET);
    seek(receiver);
    await vi.waitFor(async () => {
      clock.advance(AGAIN_MS);
      await turns(2);
      expect(found.length).toBeGreaterThan(0);
    });
    ending.abort();
    await turns();
    expect(clock.pending).toBeLessThanOrEqual(1 + MAX_HALF_OPEN);
  });

  it('gathers while the person reviews, and tells nobody: nothing is said before the offer is accepted', async () => {
    waysOf('receiver');
    expect(rtc.connections).toHaveLength(1);
    waysOf('sender');
    expect(rtc.connections).toHaveLength(1);
  });

  it('is waited for at most 500 ms, and then told with the candidates that there are', async () => {
    rtc.isSlow = true;
    const opened = waysOf('receiver').open(SECRET);
    const told = vi.fn();
    void opened.then(told);
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    clock.advance(RTC_GATHER_MS - 1);
    await turns();
    expect(told).not.toHaveBeenCalled();
    clock.advance(1);
    expect((await opened).rtc?.candidates).toHaveLength(1);
  });

  it('is done without where the device never says what it has gathered: content waits for that', async () => {
    rtc.isMute = true;
    const opened = waysOf('receiver').open(SECRET);
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    clock.advance(RTC_GATHER_MS);
    clock.advance(1_000);
    expect((await opened).rtc).toBeUndefined();
    expect([clock.pending, connectionOf('receiver').isClosed]).toEqual([0, true]);
  });

  it('isn’t told of where the other end would take what the device says for a violation', async () => {
    // As of a certificate with another hash.
    rtc.fingerprint = new Uint8Array(64);
    expect((await waysOf('receiver').open(SECRET)).rtc).toBeUndefined();
    expect(connectionOf('receiver').isClosed).toBe(true);
  });

  it('isn’t offered at once where TCP may connect the ends', () => {
    const context = {
      rtc: rtc.network(),
      clock,
      bulk: webBulkCrypto,
      role: 'receiver' as const,
      only: false,
    };
    const ways = new DirectWays({ ...context, network: new MemoryNetwork().at(null) });
    expect(ways.features).toEqual([DIRECT, WEBRTC]);
    expect(ways.beginSession([DIRECT, WEBRTC], [])).toBe(true);
    expect([rtc.connections.length, ways.isWebrtcAlone]).toEqual([0, false]);
    expect(ways.beginSession([WEBRTC], [])).toBe(true);
    expect([rtc.connections.length, ways.isWebrtcAlone]).toEqual([1, true]);
    expect(ways.beginSession([], [])).toBe(false);
  });

  it('isn’t offered at once where QUIC may connect the ends, and not opened for a lane of another kind', async () => {
    const [rtcNetwork, quic] = [rtc.network(), new MemoryNetwork().at(null)];
    const context = { clock, bulk: webBulkCrypto, role: 'receiver' as const, only: false };
    const ways = new DirectWays({ ...context, network: null, quic, rtc: rtcNetwork });
    expect(ways.features).toEqual([DIRECT, QUIC, WEBRTC]);
    expect(ways.beginSession([DIRECT, QUIC, WEBRTC])).toBe(true);
    expect([rtc.connections.length, ways.isWebrtcAlone]).toEqual([0, false]);
    // The other end takes TCP alone of what is dialled.
    expect(ways.beginSession([DIRECT, WEBRTC])).toBe(true);
    expect([rtc.connections.length, ways.isWebrtcAlone]).toEqual([1, true]);
    rtc.connections.splice(0);

    const { sender } = await agreed();
    void sender.seek(1, ending.signal, () => {}, { kind: 'quic', mayOpenWebrtc: true });
    await turns();
    expect(rtc.connections.map(({ channels }) => channels.length)).toEqual([0, 0]);
  });

  it('is opened 5 s after the other end could be reached where TCP may connect the ends: that comes first', async () => {
    const [sender, receiver] = (['sender', 'receiver'] as const).map((role) => {
      const context = { rtc: rtc.network(), clock, bulk: webBulkCrypto, role, only: false };
      const ways = new DirectWays({ ...context, network: new MemoryNetwork().at(null) });
      ways.beginSession([DIRECT, WEBRTC]);
      return ways;
    }) as [DirectWays, DirectWays];
    receiver.rtc!.prepare();
    await sender.hear(await receiver.open(SECRET), SECRET);
    await receiver.hear(await sender.open(SECRET), SECRET);
    const found = seek(sender);
    await turns();
    clock.advance(RTC_HEAD_MS - 1);
    await turns();
    expect([connectionOf('sender').channels, RTC_HEAD_MS]).toEqual([[], 5_000]);
    clock.advance(1);
    await vi.waitFor(() => expect(found).toHaveLength(1));
    // A search that begins later doesn't wait again, though more is heard meanwhile.
    await sender.hear({ ...(await receiver.open(SECRET)), rtc: undefined }, SECRET);
    const later = seek(sender, 2);
    await vi.waitFor(() => expect(later).toHaveLength(1));
  });

  it('ends with its session and with the transfer: no connection is left', async () => {
    const { sender, receiver } = await agreed();
    receiver.beginSession([WEBRTC], []);
    expect(connectionOf('receiver').isClosed).toBe(true);
    sender.close();
    receiver.close();
    expect(rtc.connections.map(({ isClosed }) => isClosed)).toEqual([true, true, true]);
    // Nor is another begun.
    receiver.beginSession([WEBRTC], []);
    await receiver.open(SECRET);
    expect(rtc.connections).toHaveLength(3);
  });

  it('a connection that is lost ends its channels, and the search goes on', async () => {
    const { sender, receiver } = await agreed();
    const found = seek(sender);
    seek(receiver);
    await vi.waitFor(() => expect(found).toHaveLength(1));
    connectionOf('receiver').lose();
    connectionOf('sender').lose();
    expect(await received(found[0]!.channel)).toBe('lost');
    expect([sender.rtc!.isSought, receiver.rtc!.isSought]).toEqual([false, false]);
  });
});

describe('a hostile other end', () => {
  it('has nothing happen by a description before the feature was agreed on', async () => {
    for (const role of ['sender', 'receiver'] as const) {
      const ways = waysOf(role, [DIRECT]);
      await ways.hear(reachWith([candidateAt(1)]), SECRET);
      expect(await ways.open(SECRET)).not.toHaveProperty('rtc');
    }
    expect(rtc.connections).toEqual([]);
  });

  it('has nothing happen by an offer before the sender’s offer was accepted', async () => {
    const sender = waysOf('sender');
    await sender.hear(reachWith([candidateAt(1)]), SECRET);
    await turns();
    expect(rtc.connections).toEqual([]);
  });

  it('has no checks sent by an answer to what it wasn’t told', async () => {
    const receiver = waysOf('receiver');
    await receiver.hear(reachWith([candidateAt(1)]), SECRET);
    expect(connectionOf('receiver').theirs).toBeNull();
  });

  it('is answered once: a second answer changes nothing', async () => {
    const receiver = waysOf('receiver');
    await receiver.open(SECRET);
    await receiver.hear(reachWith([candidateAt(1)]), SECRET);
    await receiver.hear(reachWith([candidateAt(2)]), SECRET);
    expect(connectionOf('receiver').theirs?.candidates).toEqual([candidateAt(1)]);
  });

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.251',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'ff02::fb',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::1',
    '2001::1',
    '4000::1',
    '010.0.0.1',
  ])('has no check sent to %s', async (host) => {
    const sender = waysOf('sender');
    const bad = { host, port: 5000, type: 'host' as const };
    await sender.hear(reachWith([bad, candidateAt(1)]), SECRET);
    await sender.open(SECRET);
    expect(connectionOf('sender').theirs!.candidates).toEqual([candidateAt(1)]);
  });

  it('has no check sent to where the device’s own rule forbids it', async () => {
    rtc.mayReach = ({ host }) => host !== candidateAt(1).host;
    const sender = waysOf('sender');
    await sender.hear(reachWith([candidateAt(1), candidateAt(2)]), SECRET);
    await sender.open(SECRET);
    expect(connectionOf('sender').theirs!.candidates).toEqual([candidateAt(2)]);
  });

  it('has checks sent to eight places in a transfer, in however many sessions', async () => {
    const sender = waysOf('sender');
    for (let session = 0; session < 10; session += 1) {
      sender.beginSession([WEBRTC], []);
      const from = session * MAX_RTC_CANDIDATES;
      await sender.hear(
        reachWith(Array.from({ length: MAX_RTC_CANDIDATES }, (_, i) => candidateAt(from + i))),
        SECRET,
      );
      await sender.open(SECRET);
    }
    const places = new Set(
      rtc.connections.flatMap(({ theirs }) => theirs!.candidates.map(({ host }) => host)),
    );
    expect([places.size, MAX_DIALS]).toEqual([MAX_DIALS, 8]);
  });

  it('but an end that proves itself may move: its places don’t count', async () => {
    const { sender, receiver } = await agreed();
    const found = seek(sender);
    seek(receiver);
    await vi.waitFor(() => expect(found).toHaveLength(1));
    found[0]!.onProved();
    sender.beginSession([WEBRTC], []);
    const moved = Array.from({ length: MAX_RTC_CANDIDATES }, (_, i) => candidateAt(100 + i));
    await sender.hear(reachWith(moved), SECRET);
    await sender.open(SECRET);
    expect(rtc.connections.at(-1)!.theirs!.candidates).toEqual(moved);
  });

  it('and an end that proves itself each time has checks sent to 32 places in all, whoever is there', async () => {
    const sender = waysOf('sender');
    for (let session = 0; session < 20; session += 1) {
      sender.beginSession([WEBRTC], []);
      const from = session * MAX_RTC_CANDIDATES;
      await sender.hear(
        reachWith(Array.from({ length: MAX_RTC_CANDIDATES }, (_, i) => candidateAt(from + i))),
        SECRET,
      );
      await sender.open(SECRET);
      // It is at the first of them.
      const ending = new AbortController();
      const proofs: (() => void)[] = [];
      const others = rtc.network().offer({ stunUrls: [], onChannel() {}, onLost() {} });
      const theirs = rtc.connections.at(-1)!;
      const own = rtc.connections.at(-2)!;
      [own.theirs, theirs.theirs] = [theirs.own, { ...own.own }];
      void sender.seek(1, ending.signal, ({ onProved }) => void proofs.push(onProved), {
        mayOpenWebrtc: true,
      });
      await vi.waitFor(() => expect(proofs).not.toEqual([]));
      proofs[0]!();
      ending.abort();
      others.close();
    }
    const places = new Set(
      rtc.connections.flatMap(({ offer }) => offer?.candidates.map(({ host }) => host) ?? []),
    );
    expect([places.size, MAX_RTC_PLACES]).toEqual([MAX_RTC_PLACES, 32]);
  });

  it('has at most 32 channels open at the receiver, and none at the sender', async () => {
    await agreed();
    const [atReceiver, atSender] = [connectionOf('receiver'), connectionOf('sender')];
    for (let i = 0; i < 200; i += 1) await atSender.open();
    await turns();
    const open = (channels: readonly MemoryDataChannel[]) => channels.filter(({ isClosed }) => !isClosed);
    // Those that wait for their first frame are fewer still.
    expect(open(atReceiver.channels).length).toBeLessThanOrEqual(Math.min(MAX_RTC_CHANNELS, MAX_HALF_OPEN));
    await atReceiver.open();
    await turns();
    expect(open(atSender.channels.slice(200))).toEqual([]);
  });

  it('that says a frame of its own is dropped without a word', async () => {
    const { receiver } = await agreed();
    const found = seek(receiver);
    const channel = (await connectionOf('sender').open()) as MemoryDataChannel;
    channel.attach({ onMessage() {}, onLow() {}, onClosed() {} });
    channel.send(new Uint8Array(33).fill(1));
    await turns();
    expect([channel.isClosed, channel.other.sent, found]).toEqual([true, [], []]);
  });

  it('that floods channels that nobody reads loses the connection at 32 MiB, all channels together', async () => {
    const { sender, receiver } = await agreed();
    const lanes = [1, 2].flatMap((lane) => [seek(sender, lane), seek(receiver, lane)]);
    await vi.waitFor(() => expect(lanes.map(({ length }) => length)).toEqual([1, 1, 1, 1]));
    const { channels } = connectionOf('sender');
    // Those of a handshake are short.
    for (const channel of channels) for (let i = 0; i < 3; i += 1) channel.send(Uint8Array.of(1));
    const piece = new Uint8Array(RTC_PIECE_BYTES).fill(1);
    const before = Math.floor(MAX_RTC_WAITING_BYTES / (RTC_PIECE_BYTES + 255)) - 1;
    for (let i = 0; i < before; i += 1) channels[i % 2]!.send(piece);
    await turns();
    expect(connectionOf('receiver').isClosed).toBe(false);
    for (let i = 0; i < 3; i += 1) channels[i % 2]!.send(piece);
    await turns();
    expect(connectionOf('receiver').isClosed).toBe(true);
    expect(receiver.rtc!.isSought).toBe(false);
  });
});
