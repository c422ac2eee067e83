// The pipe over real sockets: order, in-flight messages at the end, dead ends.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { DEFAULT_RELAY_CONFIG } from '../src/index.ts';
import { FakeClock } from './fake-clock.ts';
import { opaqueKey, RelayClient } from './relay-client.ts';
import { allocatedOn, clientOf, pairOf, relayWith, untilPairs, untilWaiting } from './running-relays.ts';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

describe('pipe', () => {
  it('passes messages of every size in order, one for one, both ways', async () => {
    const { sender, receiver } = await pairOf(await relayWith());
    const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, CHUNK_BYTES, 2 * MIB];
    for (const [from, to] of [
      [sender, receiver],
      [receiver, sender],
    ] as const) {
      const messages = sizes.map((size, index) => Buffer.alloc(size, index + 1));
      for (const message of messages) from.socket.send(message);
      for (const message of messages) expect((await to.nextBytes()).equals(message)).toBe(true);
    }
  });

  it('passes on a message that came in fragments as one', async () => {
    const { sender, receiver } = await pairOf(await relayWith());
    sender.socket.send(Buffer.from('one, '), { fin: false });
    sender.socket.send(Buffer.from('two'), { fin: true });
    expect((await receiver.nextBytes()).toString()).toBe('one, two');
  });

  it('passes on what has come of a message before its end has', async () => {
    const { sender, receiver } = await pairOf(await relayWith());
    const arrived = once(streamOf(receiver), 'data');
    sender.socket.send(Buffer.from('one, '), { fin: false });
    expect((await arrived).toString()).toContain('one, ');
    sender.socket.send(Buffer.from('two'), { fin: true });
    expect((await receiver.nextBytes()).toString()).toBe('one, two');
  });

  it('lets nobody hear a message that was cut before its end', async () => {
    const { sender, receiver } = await pairOf(await relayWith());
    const arrived = once(streamOf(receiver), 'data');
    sender.socket.send(Buffer.from('half of'), { fin: false });
    await arrived;
    sender.socket.terminate();
    expect(await receiver.nextClose()).toBe(4410);
  });

  it('answers pings in the middle of a message', async () => {
    const { sender } = await pairOf(await relayWith());
    sender.socket.send(Buffer.from('half of'), { fin: false });
    const ponged = once(sender.socket, 'pong');
    sender.socket.ping('still there?');
    expect((await ponged).toString()).toBe('still there?');
  });

  it.each([
    ['message', (socket: WebSocket) => socket.send(Buffer.alloc(2 * MIB + 1))],
    [
      'message in fragments',
      (socket: WebSocket) => {
        for (let i = 0; i < 3; i++) socket.send(Buffer.alloc(MIB), { fin: false });
      },
    ],
  ])('takes no %s over 2 MiB', async (_name, send) => {
    const { sender, receiver } = await pairOf(await relayWith());
    send(sender.socket);
    expect(await sender.nextClose()).toBe(1009);
    expect(await receiver.nextClose()).toBe(4410);
  });

  it('passes on what is in flight before it closes the other end', async () => {
    const relay = await relayWith();
    const { sender, receiver } = await pairOf(relay);
    receiver.socket.pause();
    const message = Buffer.alloc(CHUNK_BYTES, 1);
    const total = 128;
    for (let i = 0; i < total; i++) sender.socket.send(message);
    sender.socket.close();
    receiver.socket.resume();
    for (let i = 0; i < total; i++) expect((await receiver.nextBytes()).length).toBe(CHUNK_BYTES);
    expect(await receiver.nextClose()).toBe(4410);
  });

  it('tells the other end when one is cut', async () => {
    const relay = await relayWith();
    const { sender, receiver } = await pairOf(relay);
    receiver.socket.terminate();
    expect(await sender.nextClose()).toBe(4410);
    await untilPairs(relay, 0);
  });

  it('drops what an end sends after the other is gone', async () => {
    const relay = await relayWith();
    const { sender, receiver } = await pairOf(relay);
    receiver.socket.close();
    for (let i = 0; i < 50; i++) sender.socket.send(Buffer.alloc(CHUNK_BYTES));
    expect(await sender.nextClose()).toBe(4410);
  });
});

describe('dead ends', () => {
  it('are noticed while they wait', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const client = await clientOf(relay, '/ws', { autoPong: false });
    client.hello('sender', opaqueKey('k'));
    await untilWaiting(relay, 1);
    for (let beats = 0; beats < 2; beats++) {
      const pinged = once(client.socket, 'ping');
      clock.advance(DEFAULT_RELAY_CONFIG.pingIntervalMs);
      await pinged;
    }
    clock.advance(DEFAULT_RELAY_CONFIG.pingIntervalMs);
    expect(await client.nextClose()).toBe(1006);
    await untilWaiting(relay, 0);
  });

  it('are noticed in a pair, and living ones are left alone', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const { sender, nameplate } = await allocatedOn(relay);
    const receiver = await clientOf(relay, '/ws', { autoPong: false });
    receiver.hello('receiver', nameplate);
    await Promise.all([sender.nextJson(), receiver.nextJson()]);
    for (let beats = 0; beats < 3; beats++) {
      const pinged = once(sender.socket, 'ping');
      clock.advance(DEFAULT_RELAY_CONFIG.pingIntervalMs);
      if (beats < 2) await pinged;
      await roundTrip(relay.url);
    }
    expect(await receiver.nextClose()).toBe(1006);
    expect(await sender.nextClose()).toBe(4410);
  });
});

/** The bytes under a client's WebSocket. */
function streamOf({ socket }: RelayClient): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}

/** By the time that a fresh connection has been answered, the relay has read what was sent before. */
async function roundTrip(url: string): Promise<void> {
  const client = await RelayClient.connect(url);
  client.socket.send('?');
  await client.nextClose();
}
