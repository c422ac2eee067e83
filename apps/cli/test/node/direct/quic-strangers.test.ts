// A UDP port of a transfer that strangers find: datagrams of anything, handshakes that don't go on, connections without end.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { DirectChannel, DirectListener, DirectNetwork } from '@p2p-copy/core';
import { MAX_QUIC_HANDSHAKES } from '@p2p-copy/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstFrame } from '../../../../../packages/core/src/crypto/first-frame.ts';
import { webBulkCrypto } from '../../../../../packages/core/src/crypto/web-bulk-crypto.ts';
import { Listening } from '../../../../../packages/core/src/direct/listening.ts';
import { quicSettings } from '../../../src/node/direct/quic/quic-settings.ts';
import {
  loadQuinn,
  type QuinnConnection,
  type QuinnServer,
  type QuinnStream,
} from '../../../src/node/direct/quic/quinn-addon.ts';
import { nodeClock } from '../../../src/node/time/clock.ts';
import { firstPacket, PARAMETERS, transportParameter } from './quic-initial.ts';
import { listenOnLoopback, network } from './quic-rig.ts';

const KEY = new Uint8Array(32).fill(1);
const { signal } = new AbortController();
/** Of the first packets of QUIC. */
const LONG_HEADER = 0xc0;

const quinn = loadQuinn();
let own: DirectNetwork;
let taken: DirectChannel[];
let listener: DirectListener;
let port: number;
let closing: (() => void)[];

beforeEach(async () => {
  [taken, closing, own] = [[], [], network()];
  [listener, port] = await listenOnLoopback(network(), (channel) => taken.push(channel));
});
afterEach(() => {
  listener.close();
  own.close!();
  for (const channel of taken) channel.terminate();
  for (const close of closing) close();
});

/** Dials as anyone can, with a stream on which nothing was said. */
async function stranger(): Promise<[QuinnConnection, QuinnStream]> {
  const client = new quinn.Client(new quinn.QuinnConfig(quicSettings(0)), 0);
  closing.push(() => client.abort());
  const connection = await client.outboundConnection('127.0.0.1', port);
  return [connection, await connection.outboundStream()];
}

/** What a listener receives first of what a stranger writes. */
async function firstOf(...pieces: Uint8Array[]): Promise<unknown> {
  const [, stream] = await stranger();
  await vi.waitFor(() => expect(taken.length).toBeGreaterThan(0));
  for (const piece of pieces) await stream.write(piece).catch(() => {});
  return taken.at(-1)!.receive();
}

/** That the port still takes who knows what to say. */
async function expectOpen(): Promise<void> {
  const channel = await own.dial({ host: '127.0.0.1', port }, signal);
  channel.send(new Uint8Array(32).fill(7));
  await vi.waitFor(() => expect(taken.length).toBeGreaterThan(0));
  const events = taken.map((each) => each.receive());
  expect(await Promise.race(events)).toMatchObject({ kind: 'message' });
  channel.terminate();
}

const u32 = (value: number, more = 0) => {
  const bytes = Buffer.alloc(4 + more);
  bytes.writeUInt32BE(value);
  return bytes;
};

describe('before a handshake of a lane is through, a listener over QUIC', () => {
  it.each([
    ['a first frame of 33 bytes', [u32(33, 33)]],
    ['two mebibytes that are only stated', [u32(2 * 1024 * 1024)]],
    ['four gigabytes that are only stated', [u32(2 ** 32 - 3)]],
    ['that everything was read, of which nothing was sent', [u32(2 ** 32 - 1)]],
    ['HTTP', [Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
  ])('takes %s for none', async (_name, pieces) => {
    expect(await firstOf(...pieces)).toMatchObject({ kind: 'closed', why: 'malformed' });
  });

  it.each([
    ['half a length', [u32(32).subarray(0, 2)]],
    ['half a frame', [u32(32, 16)]],
  ])('waits for the rest of %s, and gives none of it out when the stranger goes', async (_name, pieces) => {
    const [connection, stream] = await stranger();
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    for (const piece of pieces) await stream.write(piece);
    const first = taken[0]!.receive();
    connection.abort();
    expect(await first).toMatchObject({ kind: 'closed', why: 'lost' });
  });

  it('takes one that leaves at once for one that left, and lets it end no second time', async () => {
    const [, stream] = await stranger();
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    await stream.write(Buffer.concat(Array(1_000).fill(u32(2 ** 32 - 2))));
    expect(await taken[0]!.receive()).toMatchObject({ kind: 'closed', why: 'peer-left' });
    expect(await taken[0]!.receive()).toMatchObject({ kind: 'closed', why: 'peer-left' });
    expect(taken[0]!.bufferedBytes).toBe(0);
  });

  it('lets a stranger open one stream, and send no more on it than the window has', async () => {
    const [connection, stream] = await stranger();
    const second = vi.fn();
    void connection.outboundStream().then(second, () => {});
    const written = vi.fn();
    const writing = (async () => {
      for (let i = 0; i < 64; i += 1) {
        await stream.write(new Uint8Array(1024 * 1024));
        written();
      }
    })().catch(() => {});
    await expectOpen();
    // 8 MiB of window, and about 10 MiB that QUIC itself takes for sending.
    expect(written.mock.calls.length).toBeLessThan(32);
    expect(second).not.toHaveBeenCalled();
    connection.abort();
    await writing;
  });
});

describe('a port of QUIC still takes the other end', () => {
  const socketTo = async (): Promise<Socket> => {
    const socket = createSocket('udp4');
    closing.push(() => socket.close());
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };

  const sent = (socket: Socket, packet: Buffer) =>
    new Promise<void>((resolve, reject) =>
      socket.send(packet, (error) => (error ? reject(error) : resolve())),
    );

  it('after 10,000 datagrams of anything', async () => {
    const socket = await socketTo();
    for (let i = 0; i < 10_000; i += 1) {
      const datagram = Buffer.alloc(i % 1_400, i % 251);
      // A third looks like a first packet of QUIC.
      if (i % 3 === 0 && datagram.length > 0) datagram[0] = LONG_HEADER;
      socket.send(datagram);
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await expectOpen();
    expect(taken).toHaveLength(1);
  });

  it('after first packets whose transport parameters are of any length and value', async () => {
    const socket = await socketTo();
    for (const code of PARAMETERS)
      for (let sizeBytes = 0; sizeBytes < 10; sizeBytes += 1)
        for (const value of [0, 0x7f, 0xff])
          await sent(socket, firstPacket(transportParameter(code, ...Array(sizeBytes).fill(value))));
    await expectOpen();
  });

  it('after first packets with a byte of the ClientHello changed, and one of another protocol', async () => {
    const socket = await socketTo();
    await sent(socket, firstPacket(Buffer.alloc(0), { alpn: 'h3' }));
    // Most of a ClientHello is random: such handshakes don't go on, and there must be room for one more.
    for (let i = 0; i < MAX_QUIC_HANDSHAKES - 1; i += 1) {
      const change = (hello: Buffer) => {
        hello[(i * 7) % hello.length]! ^= 1 + (i % 255);
      };
      await sent(socket, firstPacket(Buffer.alloc(0), { change }));
    }
    await expectOpen();
    expect(taken).toHaveLength(1);
  });

  it('while handshakes that don’t go on are under way, one fewer than it takes at once', async () => {
    const packets = await firstPackets(MAX_QUIC_HANDSHAKES - 1);
    for (const packet of packets) (await socketTo()).send(packet);
    await expectOpen();
    expect(taken).toHaveLength(1);
  });

  it('after 1,000 connections on which nothing is said, of which it keeps 16', {
    timeout: 120_000,
  }, async () => {
    const listening = new Listening({ clock: nodeClock, bulk: webBulkCrypto, role: 'sender', dialKey: KEY });
    const ended: Promise<unknown>[] = [];
    let found = 0;
    listening.await(1, ({ channel }) => {
      found += 1;
      channel.terminate();
    });
    await listening.open(
      {
        ...own,
        async listen(onChannel) {
          listener.close();
          const [opened, at] = await listenOnLoopback(network(), onChannel);
          port = at;
          return opened;
        },
      } as DirectNetwork,
      'quic',
    );
    const client = new quinn.Client(new quinn.QuinnConfig(quicSettings(0)), 0);
    closing.push(() => client.abort());
    let open = 0;
    for (let i = 0; i < 1_000; i += 1) {
      const connection = await client.outboundConnection('127.0.0.1', port).catch(() => null);
      if (connection === null) continue;
      open += 1;
      ended.push(connection.closed().then(() => (open -= 1)));
    }
    const channel = await own.dial({ host: '127.0.0.1', port }, signal);
    channel.send(firstFrame(KEY, 'receiver', 1).frame);
    await vi.waitFor(() => {
      expect(found).toBe(1);
      expect(open).toBeLessThanOrEqual(16);
    }, 20_000);
    listening.close();
    await Promise.all(ended);
  });
});

/** First packets of that many handshakes, as a socket gets them that answers none. */
async function firstPackets(count: number): Promise<Buffer[]> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const packets = new Map<string, Buffer>();
  socket.on('message', (packet) => {
    // By the connection id that the client draws: later packets of a handshake repeat it.
    if ((packet[0]! & LONG_HEADER) === LONG_HEADER)
      packets.set(packet.subarray(6, 6 + packet[5]!).toString('hex'), packet);
  });
  const client = new quinn.Client(new quinn.QuinnConfig(quicSettings(0)), 0);
  for (let i = 0; i < count; i += 1)
    client.outboundConnection('127.0.0.1', socket.address().port).catch(() => {});
  await vi.waitFor(() => expect(packets.size).toBe(count), 20_000);
  client.abort();
  socket.close();
  return [...packets.values()];
}

it('a process that has closed its ports of QUIC and its channels is held by nothing', async () => {
  const held = () => process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|Timeout)/.test(name));
  listener.close();
  const other = network();
  const channels: DirectChannel[] = [];
  const [opened, at] = await listenOnLoopback(other, (channel) => channels.push(channel));
  const channel = await other.dial({ host: '127.0.0.1', port: at }, signal);
  channel.send(new Uint8Array(32));
  await vi.waitFor(() => expect(channels).toHaveLength(1));
  expect((await channels[0]!.receive()).kind).toBe('message');
  opened.close();
  other.close!();
  // Closing takes no channel away.
  channel.send(new Uint8Array(8));
  expect((await channels[0]!.receive()).kind).toBe('message');
  for (const each of [channel, channels[0]!]) each.terminate();
  await vi.waitFor(() => expect(held()).toEqual([]), 20_000);
});

it('nobody hears of a dial that was aborted, and what comes of it is dropped', async () => {
  const aborting = new AbortController();
  const dial = own.dial({ host: '127.0.0.1', port }, aborting.signal);
  aborting.abort();
  await expect(dial).rejects.toThrow();
  await expect(own.dial({ host: '127.0.0.1', port }, AbortSignal.abort())).rejects.toThrow();
  await vi.waitFor(() => expect(taken).toHaveLength(1));
  expect(await taken[0]!.receive()).toMatchObject({ kind: 'closed', why: 'lost' });
});

it('a dial that nobody answers is five packets within 5 s, while a channel on which nothing is said stands', {
  timeout: 30_000,
}, async () => {
  const channel = await own.dial({ host: '127.0.0.1', port }, signal);
  channel.send(new Uint8Array(32));
  await vi.waitFor(() => expect(taken).toHaveLength(1));
  expect((await taken[0]!.receive()).kind).toBe('message');
  const third = createSocket('udp4');
  closing.push(() => third.close());
  third.bind(0, '127.0.0.1');
  await once(third, 'listening');
  const sizes: number[] = [];
  third.on('message', ({ length }) => sizes.push(length));
  await expect(own.dial({ host: '127.0.0.1', port: third.address().port }, signal)).rejects.toThrow(
    'timed out',
  );
  expect(sizes).toEqual(Array(5).fill(1_200));
  channel.send(new Uint8Array(8));
  expect((await taken[0]!.receive()).kind).toBe('message');
  channel.terminate();
});

it('a port whose socket has ended is asked for nothing more', async () => {
  const inbound = vi.spyOn(quinn.Server.prototype, 'inboundConnection');
  const [other] = await listenOnLoopback(network(), () => {});
  const { contexts, results } = inbound.mock;
  const server = contexts[0] as QuinnServer;
  const asked = () => results.filter((_, i) => contexts[i] === server).map(({ value }) => value);
  expect(asked()).toHaveLength(MAX_QUIC_HANDSHAKES);
  await server.abort();
  for (let i = 0; i < 3; i += 1) await Promise.allSettled(asked());
  expect(asked()).toHaveLength(MAX_QUIC_HANDSHAKES);
  inbound.mockRestore();
  other.close();
});
