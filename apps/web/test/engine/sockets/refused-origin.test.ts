// Against a real server: a WebSocket that it refuses, and what it answers when asked why.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { dialClassicToReceive, dialClassicToSend } from '../../../src/engine/classic/dial-classic.ts';
import { dialRelayBrowser } from '../../../src/engine/sockets/dial-relay-browser.ts';
import { likeBrowser } from './node-sockets.ts';

const never = new AbortController().signal;

beforeEach(() => likeBrowser({ hasStreams: true }));
afterEach(() => vi.unstubAllGlobals());

/** A server without WebSockets, and the paths that it is asked for. */
async function server(listener: RequestListener): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const http = createServer((request, answer) => {
    asked.push(request.url!);
    listener(request, answer);
  });
  http.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, asked };
}

const answering =
  (body: string, status = 200): RequestListener =>
  (_request, answer) =>
    answer.writeHead(status, { 'content-type': 'application/json' }).end(body);

test.each([
  ['our own wire', dialRelayBrowser],
  ['classic, to send', dialClassicToSend],
  ['classic, to receive', dialClassicToReceive],
])('a refused page of %s is told so, below the path of the page', async (_name, dial) => {
  const { url, asked } = await server(answering('{"allowed":false}'));
  vi.stubGlobal('location', new URL(url));
  await expect(dial(`${url}/copy/`, never)).rejects.toMatchObject({ code: 'origin-refused' });
  expect(asked).toEqual([`/copy/origin-check?origin=${encodeURIComponent(url)}`]);
});

test.each([
  ['that it is allowed', '{"allowed":true}', 200],
  ['no JSON', '<html>', 200],
  ['null', 'null', 200],
  ['something else', '{"allowed":"no"}', 200],
  ['an error', '{"allowed":false}', 502],
])('a server that answers %s is one that can’t be reached', async (_name, body, status) => {
  const { url } = await server(answering(body, status));
  vi.stubGlobal('location', new URL(url));
  await expect(dialRelayBrowser(url, never)).rejects.toMatchObject({ code: 'relay-unreachable' });
});

test('a server of another origin isn’t asked', async () => {
  const { url, asked } = await server(answering('{"allowed":false}'));
  vi.stubGlobal('location', new URL('https://copy.example.org'));
  await expect(dialRelayBrowser(url, never)).rejects.toMatchObject({ code: 'relay-unreachable' });
  expect(asked).toEqual([]);
});

test('who cancels doesn’t wait for an answer that never comes', async () => {
  const abort = new AbortController();
  const { url } = await server(() => abort.abort());
  vi.stubGlobal('location', new URL(url));
  await expect(dialRelayBrowser(url, abort.signal)).rejects.toMatchObject({ code: 'relay-unreachable' });
});
