// The network of a device: real sockets on loopback, with limits before a handshake.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { DirectChannel, DirectListener, DirectNetwork } from '@p2p-copy/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstFrame } from '../../../../../packages/core/src/crypto/first-frame.ts';
import { webBulkCrypto } from '../../../../../packages/core/src/crypto/web-bulk-crypto.ts';
import { Listening } from '../../../../../packages/core/src/direct/listening.ts';
import { channelContract } from '../../../../../packages/core/test/ports/channel-contract.ts';
import { tcpNetwork } from '../../../src/node/direct/tcp-network.ts';
import { nodeClock } from '../../../src/node/time/clock.ts';

const network = tcpNetwork();
const { signal } = new AbortController();
const sockets: Socket[] = [];
let taken: DirectChannel[] = [];
let listener: DirectListener;

/** The port, also of a device that may tell no address. */
async function portOf(onChannel: (channel: DirectChannel) => void): Promise<[DirectListener, number]> {
  const { Server } = await import('node:net');
  const listen = vi.spyOn(Server.prototype, 'listen');
  const opened = await network.listen(onChannel);
  const server = listen.mock.contexts.at(-1) as InstanceType<typeof Server>;
  listen.mockRestore();
  return [opened, (server.address() as { port: number }).port];
}

let port: number;
beforeEach(async () => {
  taken = [];
  [listener, port] = await portOf((channel) => taken.push(channel));
});
afterEach(() => {
  listener.close();
  for (const channel of taken) channel.terminate();
  for (const socket of sockets.splice(0)) socket.destroy();
});

async function stranger(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

const message = (sizeBytes: number, statedBytes = sizeBytes) => {
  const bytes = Buffer.alloc(4 + sizeBytes, 1);
  bytes.writeUInt32BE(statedBytes);
  return bytes;
};

channelContract('a direct channel over TCP', {
  async connect() {
    const [own, theirs] = await connectedPair();
    // Past the messages whose length is bounded.
    await pass(own, theirs, [32, 1, 1, 1]);
    await pass(theirs, own, [1, 1, 1]);
    return { ends: [own, theirs], cut: () => theirs.terminate(), close() {} };
  },
  boundMiB: 64,
});

async function pass(from: DirectChannel, to: DirectChannel, sizes: readonly number[]): Promise<void> {
  for (const sizeBytes of sizes) {
    from.send(new Uint8Array(sizeBytes));
    expect((await to.receive()).kind).toBe('message');
  }
}

/** Who has dialled, and who was dialled. */
async function connectedPair(): Promise<[DirectChannel, DirectChannel]> {
  const own = await network.dial({ host: '127.0.0.1', port }, signal);
  await vi.waitFor(() => expect(taken.length).toBeGreaterThan(0));
  return [own, taken.at(-1)!];
}

it('tells that bytes of a message arrive before it is whole, so that nobody takes a slow line for a dead one', async () => {
  const socket = await stranger();
  await vi.waitFor(() => expect(taken).toHaveLength(1));
  const slow = taken[0]!;
  socket.write(message(32));
  for (const _ of [1, 2, 3]) {
    socket.write(message(1));
    await slow.receive();
  }
  await slow.receive();
  const before = slow.arrivedBytes!;
  const whole = slow.receive();
  socket.write(message(200_000).subarray(0, 100_000));
  await vi.waitFor(() => expect(slow.arrivedBytes).toBe(before + 100_000));
  socket.write(message(200_000).subarray(100_000));
  expect(await whole).toMatchObject({ kind: 'message', bytes: { length: 200_000 } });
});

describe('before a handshake is through, a listener', () => {
  it.each([
    ['a first frame of 33 bytes', [message(33)]],
    ['two mebibytes that are only stated', [message(0, 2 * 1024 * 1024)]],
    ['four gigabytes that are only stated', [message(0, 2 ** 32 - 1)]],
    ['HTTP', [Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
  ])('takes %s for none', async (_name, messages) => {
    const socket = await stranger();
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    for (const bytes of messages) socket.write(bytes);
    expect(await taken[0]!.receive()).toMatchObject({ kind: 'closed', why: 'malformed' });
  });

  it('takes wrapped messages of 4 KiB, and not a byte more', async () => {
    const socket = await stranger();
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    socket.write(Buffer.concat([message(32), message(4096), message(4096), message(4097)]));
    const events = [];
    for (let i = 0; i < 4; i += 1) events.push(await taken[0]!.receive());
    expect(events.map((event) => (event.kind === 'message' ? event.bytes.length : event.why))).toEqual([
      32,
      4096,
      4096,
      'malformed',
    ]);
  });

  it('reads no more of a stranger than is waiting to be received', async () => {
    const socket = await stranger();
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    socket.write(message(32));
    for (let i = 0; i < 64; i += 1) socket.write(Buffer.alloc(1024 * 1024));
    expect(await taken[0]!.receive()).toMatchObject({ kind: 'message' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.writableLength).toBeGreaterThan(32 * 1024 * 1024);
  });
});

describe('who has dialled', () => {
  it('takes wrapped messages of 4 KiB from the listener, and not a byte more', async () => {
    for (const [sizeBytes, kind] of [
      [4096, 'message'],
      [4097, 'closed'],
    ] as const) {
      const [own, theirs] = await connectedPair();
      theirs.send(new Uint8Array(sizeBytes));
      expect((await own.receive()).kind).toBe(kind);
      own.terminate();
    }
  });

  it('hears that nobody is there, and that the dial was aborted', async () => {
    listener.close();
    await expect(network.dial({ host: '127.0.0.1', port }, signal)).rejects.toThrow();
    await expect(network.dial({ host: '127.0.0.1', port }, AbortSignal.abort())).rejects.toThrow();
  });
});

it('a port that is flooded with a thousand connections takes the other end all the same, and keeps few of them', async () => {
  const key = new Uint8Array(32).fill(1);
  const listening = new Listening({ clock: nodeClock, bulk: webBulkCrypto, role: 'sender', dialKey: key });
  listener.close();
  let found = 0;
  listening.await(1, ({ channel }) => {
    found += 1;
    channel.terminate();
  });
  let open = 0;
  const portNetwork: DirectNetwork = {
    ...network,
    async listen(onChannel) {
      [listener, port] = await portOf(onChannel);
      return listener;
    },
  };
  await listening.open(portNetwork, 'tcp');
  const strangers = await Promise.all(Array.from({ length: 1_000 }, () => stranger().catch(() => null)));
  for (const socket of strangers) if (socket !== null) socket.resume();
  const own = await network.dial({ host: '127.0.0.1', port }, signal);
  own.send(firstFrame(key, 'receiver', 1).frame);
  await vi.waitFor(() => {
    expect(found).toBe(1);
    open = sockets.filter((socket) => !socket.destroyed && socket.readable).length;
    expect(open).toBeLessThanOrEqual(16);
  }, 10_000);
  listening.close();
  await vi.waitFor(() => expect(sockets.every((socket) => socket.destroyed || !socket.readable)).toBe(true));
});

it('an open port holds no process, and channels that have ended hold none either', async () => {
  const held = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
  const before = held();
  const [own, theirs] = await connectedPair();
  // Both ends of one connection, and no server.
  expect(held() - before).toBe(2);
  own.close();
  theirs.terminate();
  await vi.waitFor(() => expect(held()).toBe(before));
});
