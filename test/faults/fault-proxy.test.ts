// The proxy between a real client and a real server, without p2p-copy.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { startFaultProxy } from './fault-proxy.ts';
import type { Fault, ScheduledFault } from './fault-script.ts';

/** A client behind the proxy and the server's end of it, each with what it heard. */
async function connected(schedule: ScheduledFault[] = []) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const relayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy = await startFaultProxy({ relayUrl, schedule });
  onTestFinished(async () => {
    await proxy.close();
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const joined = once(server, 'connection');
  const client = heardBy(new WebSocket(proxy.url, { perMessageDeflate: false }));
  const [socket] = (await joined) as [WebSocket];
  const relay = heardBy(socket);
  await once(client.socket, 'open');
  return { proxy, client, relay };
}

function heardBy(socket: WebSocket) {
  const heard: string[] = [];
  socket.on('message', (message: Buffer) => heard.push(message.toString()));
  socket.on('error', () => {});
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  return { socket, heard, closed };
}

const up = (at: number, fault: Fault): ScheduledFault => ({ connection: 0, direction: 'up', at, fault });

it('passes and keeps what it isn’t told to change, and ends as the ends do', async () => {
  const { proxy, client, relay } = await connected();
  client.socket.send('text');
  for (const message of ['one', 'two', 'x'.repeat(300_000)]) client.socket.send(Buffer.from(message));
  relay.socket.send(Buffer.from('back'));
  client.socket.close(4000);
  expect(await relay.closed).toBe(4000);
  expect(await client.closed).toBe(4000);
  expect(relay.heard).toEqual(['text', 'one', 'two', 'x'.repeat(300_000)]);
  expect(client.heard).toEqual(['back']);
  const [recording] = proxy.recordings;
  expect(recording!.up.map(({ length }) => length)).toEqual([3, 3, 300_000]);
  expect(recording!.down.map(({ length }) => length)).toEqual([4]);
  expect(proxy.fired).toEqual([]);
});

it.each<[Fault, string[]]>([
  [{ kind: 'cut', where: 'before' }, ['one']],
  [{ kind: 'cut', where: 'after' }, ['one', 'two']],
  [{ kind: 'cut', where: 3 }, ['one']],
  [{ kind: 'close', where: 'before' }, ['one']],
  [{ kind: 'close', where: 3 }, ['one']],
  [{ kind: 'close', where: 'after' }, ['one', 'two']],
])('ends both connections without a close frame: %j', async (fault, heard) => {
  const { proxy, client, relay } = await connected([up(1, fault)]);
  for (const message of ['one', 'two', 'three']) client.socket.send(Buffer.from(message));
  expect([await client.closed, await relay.closed]).toEqual([1006, 1006]);
  expect(relay.heard).toEqual(heard);
  expect(proxy.fired).toEqual([up(1, fault)]);
});

it('swallows everything when half-open, and resets one side when the other ends', async () => {
  const { client, relay } = await connected([up(1, { kind: 'half-open', thenReset: true })]);
  for (const message of ['one', 'two', 'three']) client.socket.send(Buffer.from(message));
  await once(relay.socket, 'message');
  expect([client.socket.readyState, relay.socket.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  relay.socket.terminate();
  expect(await client.closed).toBe(1006);
  expect(relay.heard).toEqual(['one']);
});

it('swaps, repeats, drops and throttles what passes', async () => {
  const { client, relay } = await connected([
    up(0, { kind: 'swap' }),
    up(2, { kind: 'repeat' }),
    up(3, { kind: 'drop' }),
    up(4, { kind: 'throttle', bytesPerSecond: 1000 }),
  ]);
  for (const message of ['0', '1', '2', '3', '4', '5']) client.socket.send(Buffer.from(message));
  client.socket.close();
  await relay.closed;
  expect(relay.heard).toEqual(['1', '0', '2', '2', '4', '5']);
});
