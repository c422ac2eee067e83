import type { AddressInfo } from 'node:net';
import type { RelaySocket } from '@p2p-copy/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { dialClassicToReceive } from '../../../src/engine/classic/dial-classic.ts';
import { dialRelayBrowser } from '../../../src/engine/sockets/dial-relay-browser.ts';
import { likeBrowser } from './node-sockets.ts';

const MIB = 1024 * 1024;
/** More than a connection takes that nobody reads. */
const MANY = 64;

let server: WebSocketServer;
let url: string;
let accepted: Promise<{ peer: WebSocket; path: string | undefined }>;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  accepted = new Promise((resolve) => {
    server.on('connection', (peer, request) => resolve({ peer, path: request.url }));
  });
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  for (const peer of server.clients) peer.terminate();
  server.close();
});

async function connect(dial = dialClassicToReceive): Promise<{ socket: RelaySocket; peer: WebSocket }> {
  const socket = await dial(url, new AbortController().signal);
  return { socket, peer: (await accepted).peer };
}

function closeOf(peer: WebSocket): Promise<number> {
  return new Promise((resolve) => peer.once('close', resolve));
}

describe.each([
  { kind: 'a WebSocketStream', hasStreams: true },
  { kind: 'a WebSocket', hasStreams: false },
])('$kind', ({ hasStreams }) => {
  beforeEach(() => likeBrowser({ hasStreams }));

  test('goes to the endpoint of its wire', async () => {
    await connect();
    expect((await accepted).path).toBe('/');
  });

  test('gives what came before the end, in order, then the end for ever', async () => {
    const { socket, peer } = await connect();
    peer.send('text');
    peer.send(Uint8Array.of(1, 2, 3));
    peer.close(1013, 'Duplicate role for code');
    expect(await socket.receive()).toEqual({ kind: 'text', text: 'text' });
    expect(await socket.receive()).toEqual({ kind: 'binary', bytes: Uint8Array.of(1, 2, 3) });
    const closed = { kind: 'closed', code: 1013, reason: 'Duplicate role for code', allWritten: true };
    expect(await socket.receive()).toEqual(closed);
    expect(await socket.receive()).toEqual(closed);
    expect(socket.bufferedBytes).toBe(0);
  });

  test('closes with 1000 once all has been written', async () => {
    const { socket, peer } = await connect();
    let bytes = 0;
    peer.on('message', (message: Buffer) => {
      bytes += message.length;
    });
    const closed = closeOf(peer);
    for (let i = 0; i < 20; i++) socket.send(new Uint8Array(MIB));
    socket.close();
    socket.send('too late');
    expect(await closed).toBe(1000);
    expect(bytes).toBe(20 * MIB);
    expect(await socket.receive()).toMatchObject({ kind: 'closed', code: 1000, allWritten: true });
  });

  test('tells what waits to be written, and when it has been', async () => {
    const { socket, peer } = await connect();
    peer.pause();
    for (let i = 0; i < MANY; i++) socket.send(new Uint8Array(MIB));
    expect(socket.bufferedBytes).toBeGreaterThan(MIB);
    const drained = socket.drained(0);
    peer.resume();
    await drained;
    expect(socket.bufferedBytes).toBe(0);
  });

  test('is told of what a lost connection did not take', async () => {
    const { socket, peer } = await connect();
    peer.pause();
    for (let i = 0; i < MANY; i++) socket.send(new Uint8Array(MIB));
    const drained = socket.drained(0);
    peer.terminate();
    expect(await socket.receive()).toMatchObject({ kind: 'closed', code: 1006, allWritten: false });
    await drained;
    expect(socket.bufferedBytes).toBe(0);
  });

  test('terminates with a code that no one takes for a good end', async () => {
    const { socket, peer } = await connect();
    const closed = closeOf(peer);
    for (let i = 0; i < 8; i++) peer.send(new Uint8Array(MIB));
    const waiting = socket.receive();
    await waiting;
    socket.terminate();
    socket.terminate();
    expect(await socket.receive()).toMatchObject({ kind: 'closed', code: 1006 });
    expect(await closed).toBe(4000);
  });

  test('ends a wait by terminating', async () => {
    const { socket } = await connect();
    const waiting = socket.receive();
    socket.terminate();
    expect(await waiting).toMatchObject({ kind: 'closed', code: 1006 });
  });

  test('is refused, or called off', async () => {
    const abort = new AbortController();
    const dialling = dialClassicToReceive(url, abort.signal);
    abort.abort();
    await expect(dialling).rejects.toMatchObject({ code: 'interrupted' });
    await expect(dialClassicToReceive(url, abort.signal)).rejects.toMatchObject({ code: 'interrupted' });
    await expect(
      dialClassicToReceive('http://127.0.0.1:1', new AbortController().signal),
    ).rejects.toMatchObject({ code: 'relay-unreachable' });
  });
});

test('our own wire goes to its own endpoint', async () => {
  likeBrowser({ hasStreams: true });
  await connect(dialRelayBrowser);
  expect((await accepted).path).toBe('/ws');
});

test('our own wire takes the routing hash along, and nothing else of the address', async () => {
  likeBrowser({ hasStreams: true });
  await connect((relayUrl, signal) => dialRelayBrowser(`${relayUrl}/p/?x=1`, signal, { route: '1f2e' }));
  expect((await accepted).path).toBe('/p/ws?k=1f2e');
});

test('a stream reads only what is asked for', async () => {
  likeBrowser({ hasStreams: true });
  const { socket, peer } = await connect();
  let written = 0;
  for (let i = 0; i < MANY; i++) peer.send(new Uint8Array(MIB), () => written++);
  await socket.receive();
  // Some messages fit between the two ends; the others wait there.
  expect(written).toBeLessThan(MANY);
  for (let i = 1; i < MANY; i++) expect(await socket.receive()).toMatchObject({ kind: 'binary' });
});

test('a stream that nobody asks reads a little all the same, and gives it in order', async () => {
  likeBrowser({ hasStreams: true });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { socket, peer } = await connect();
    let written = 0;
    for (let i = 0; i < MANY; i++) peer.send(new Uint8Array(MIB).fill(i), () => written++);
    await socket.receive();
    const before = written;
    while (written < before + 8) {
      vi.advanceTimersByTime(15_000);
      await new Promise(setImmediate);
    }
    for (let i = 1; i < MANY; i++) {
      const event = await socket.receive();
      expect(event.kind === 'binary' && event.bytes[0]).toBe(i);
    }
    peer.close(1000);
    expect(await socket.receive()).toMatchObject({ kind: 'closed', code: 1000 });
  } finally {
    vi.useRealTimers();
  }
});

describe('a flood', () => {
  beforeEach(() => likeBrowser({ hasStreams: false }));

  async function flood(dial: typeof dialClassicToReceive): Promise<RelaySocket> {
    const { socket, peer } = await connect(dial);
    const closed = closeOf(peer);
    for (let i = 0; i < MANY + 2; i++) peer.send(new Uint8Array(MIB));
    expect(await closed).toBe(4000);
    return socket;
  }

  test('over classic, that has nothing against it, is told as what it is', async () => {
    const socket = await flood(dialClassicToReceive);
    await expect(socket.receive()).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining('faster than this browser can store them'),
    });
  });

  test('over version 2 is a lost connection', async () => {
    const socket = await flood(dialRelayBrowser);
    expect(await socket.receive()).toMatchObject({ kind: 'closed', code: 1006 });
  });
});
