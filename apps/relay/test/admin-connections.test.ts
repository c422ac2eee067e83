// The addresses for administration hold a few scrapers and people, and whoever else is there doesn't get in.
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { MAX_ADMIN_CONNECTIONS } from '../src/http/admin-app.ts';
import { adminOf } from './metrics/scrape.ts';
import { relayWith } from './running-relays.ts';

test(`an address for administration takes ${MAX_ADMIN_CONNECTIONS} connections, and another once one has gone`, async () => {
  const relay = await relayWith({ adminListen: ['127.0.0.1:0'] });
  const { hostname, port } = new URL(adminOf(relay));
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  const answers = new Set<Socket>();
  const ask = () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.on('data', () => answers.add(socket));
    socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    sockets.push(socket);
    return socket;
  };
  for (let i = 0; i < MAX_ADMIN_CONNECTIONS; i += 1) ask();
  await vi.waitFor(() => expect(answers.size).toBe(MAX_ADMIN_CONNECTIONS));
  const refused = ask();
  await vi.waitFor(() => expect(refused.destroyed || refused.readableEnded).toBe(true));
  expect(answers.has(refused)).toBe(false);
  sockets[0]!.destroy();
  const isAnswered = (socket: Socket) =>
    new Promise((resolve) => {
      socket.once('data', () => resolve(true)).once('close', () => resolve(false));
    });
  // Once the relay has seen it go.
  await vi.waitFor(async () => expect(await isAnswered(ask())).toBe(true));
});
