// The DialRelay ports of the page for the classic wire. It has no credits, so a receiver wants a socket that can make the
// sender wait.
import { type DialRelay, TransferError } from '@p2p-copy/core';
import { classicEndpoint } from '@p2p-copy/core/classic';
import { orOriginRefused } from '../sockets/refused-origin.ts';
import { dialWebSocket } from '../sockets/web-socket.ts';
import { dialWebSocketStream } from '../sockets/web-socket-stream.ts';

/** For a sender: Chromium crashes when a WebSocketStream ends while writes wait. */
export const dialClassicToSend: DialRelay = async (relayUrl, signal) =>
  orOriginRefused(dialWebSocket(endpoint(relayUrl), signal, null), relayUrl, signal);

export const dialClassicToReceive: DialRelay = async (relayUrl, signal) => {
  const url = endpoint(relayUrl);
  const dialling =
    typeof WebSocketStream === 'undefined'
      ? dialWebSocket(url, signal, TOO_FAST)
      : dialWebSocketStream(url, signal);
  return orOriginRefused(dialling, relayUrl, signal);
};

const TOO_FAST = new TransferError(
  'limit-exceeded',
  'The files came faster than this browser can store them, and it cannot make the other side wait. Chrome and Edge can.',
);

function endpoint(relayUrl: string): string {
  const url = classicEndpoint(relayUrl);
  if (url === null) throw new TransferError('relay-unreachable');
  return url;
}
