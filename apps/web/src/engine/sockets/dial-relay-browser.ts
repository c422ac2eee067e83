// The DialRelay port of the page, to the endpoint of our own wire.
import { type DialRelay, relayEndpoint, TransferError } from '@p2p-copy/core';
import { orOriginRefused } from './refused-origin.ts';
import { dialWebSocket } from './web-socket.ts';

/**
 * Only who breaks the protocol floods this end: its credits bound what may come. `allows` isn't asked: a page doesn't learn
 * which addresses a name has. Its Content-Security-Policy bounds where a redirect may lead.
 */
export const dialRelayBrowser: DialRelay = (relayUrl, signal, { route, path } = {}) => {
  const url = relayEndpoint(relayUrl, route, path);
  if (url === null) return Promise.reject(new TransferError('relay-unreachable'));
  return orOriginRefused(dialWebSocket(url, signal, null), relayUrl, signal);
};
