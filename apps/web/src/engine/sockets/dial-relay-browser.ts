// The DialRelay ports of the page: to the endpoint of our own wire, and to that of classic. That has no credits, so a receiver
// there wants a socket that can make the sender wait.
import { type DialRelay, TransferError } from '@p2p-copy/core';
import { dialWebSocket } from './web-socket.ts';
import { dialWebSocketStream } from './web-socket-stream.ts';

const SOCKET_PATH = '/ws';
const CLASSIC_SOCKET_PATH = '/';

/**
 * Only who breaks the protocol floods this end: its credits bound what may come. `allows` isn't asked: a page doesn't learn
 * which addresses a name has. Its Content-Security-Policy bounds where a redirect may lead.
 */
export const dialRelayBrowser: DialRelay = (relayUrl, signal, { route } = {}) =>
  dialWebSocket(socketUrl(relayUrl, SOCKET_PATH, route), signal, null);

/** For a sender: Chromium crashes when a WebSocketStream ends while writes wait. */
export const dialClassicToSend: DialRelay = (relayUrl, signal) =>
  dialWebSocket(socketUrl(relayUrl, CLASSIC_SOCKET_PATH), signal, null);

export const dialClassicToReceive: DialRelay = (relayUrl, signal) => {
  const url = socketUrl(relayUrl, CLASSIC_SOCKET_PATH);
  return typeof WebSocketStream === 'undefined'
    ? dialWebSocket(url, signal, TOO_FAST)
    : dialWebSocketStream(url, signal);
};

const TOO_FAST = new TransferError(
  'limit-exceeded',
  'The files came faster than this browser can store them, and it cannot make the other side wait. Chrome and Edge can.',
);

function socketUrl(relayUrl: string, path: string, route?: string): string {
  const url = new URL(relayUrl);
  url.protocol = url.protocol.replace('http', 'ws');
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  if (route !== undefined) url.search = `?k=${route}`;
  return url.href;
}
