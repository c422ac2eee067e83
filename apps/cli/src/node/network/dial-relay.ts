// Port DialRelay over `ws`: opens the WebSocket that all of a transfer's bytes pass through, by way of a proxy where the
// environment names one.
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import {
  DIAL_MS,
  DIAL_SILENCE_MS,
  type DialRelay,
  type DialOptions as DialRequest,
  relayEndpoint,
  TransferError,
} from '@p2p-copy/core';
import WebSocket, { type ClientOptions } from 'ws';
import { quoted } from '../../wording/show-text.ts';
import { nodeClock } from '../time/clock.ts';
import { checkedLookup } from './checked-lookup.ts';
import { answerError, type DialPlace, dialError } from './dial-errors.ts';
import { NodeSocket } from './node-socket.ts';
import { openTunnel } from './proxy/open-tunnel.ts';
import { ProxyError } from './proxy/proxy-error.ts';
import { type ForwardProxy, hostOf, portOf, proxyOf } from './proxy/proxy-of.ts';
import { basicAuthorization, withoutLogin } from './relay-login.ts';
import { type Trust, trustOf } from './trust/trust.ts';

/** docs/PROTOCOL.md section 4: no wire message is longer. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

export interface DialOptions {
  /** Where the WebSocket is, from the relay's URL, the routing hash and the path of the endpoint. */
  endpoint(relayUrl: string, route: string | undefined, path: string | undefined): URL;
  /** Certificates to trust besides the system's, in PEM. */
  ca?: string;
  /** Whether all that is sent over it is sealed. */
  isSealed: boolean;
  /** The network has taken a binary message: its memory is free. */
  onWritten?(message: Uint8Array<ArrayBuffer>): void;
  /** Told before a relay is dialled by way of a proxy. */
  onProxy?(): void;
}

export function createDial(options: DialOptions): DialRelay {
  return async (relayUrl, signal, { route, path, allows }: DialRequest = {}) => {
    if (signal.aborted) throw new TransferError('interrupted');
    const url = options.endpoint(relayUrl, route, path);
    const authorization = basicAuthorization(relayUrl);
    const lookup = allows === undefined ? {} : { lookup: checkedLookup(allows) };
    const settings: ClientOptions = {
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: DIAL_SILENCE_MS,
      ...(authorization !== null && { headers: { authorization } }),
      ...lookup,
      // The mask protects caches on the way from plaintext that a script in a browser chose (RFC 6455, section 10.3).
      // What nobody on the way can read is as unpredictable there with a mask of zeros, and `ws` then skips the pass
      // over every byte.
      ...((options.isSealed || url.protocol === 'wss:') && { generateMask: (mask) => mask.fill(0) }),
    };
    let proxy: ForwardProxy | null = null;
    let tunnel: Socket | null = null;
    let tls: Trust['tls'] | null = null;
    try {
      proxy = proxyOf(url);
      if (url.protocol === 'wss:') tls = (await trustOf(options.ca ?? null)).tls;
      if (proxy !== null) {
        options.onProxy?.();
        tunnel = await openTunnel(proxy, { host: hostOf(url), port: portOf(url), ...lookup }, signal);
      }
    } catch (error) {
      if (signal.aborted) throw new TransferError('interrupted');
      throw error instanceof ProxyError ? dialError(error, { url, proxy }) : error;
    }
    if (signal.aborted) {
      tunnel?.destroy();
      throw new TransferError('interrupted');
    }
    const through =
      tunnel === null ? {} : { createConnection: connectionOver(tunnel, url.protocol === 'wss:') };
    // Its types know no options of TLS, which it passes on.
    const ws = new WebSocket(url, { ...settings, ...tls, ...through } as ClientOptions);
    // Wrapped at once, so that a message on the heels of the handshake is not missed.
    return opened(ws, new NodeSocket(ws, options.onWritten), { url, proxy }, signal);
  };
}

/** In place of a connection to the relay: the one that a proxy has made. */
function connectionOver(tunnel: Socket, isSecure: boolean): (options: ConnectionOptions) => Socket {
  // It is open already, so nobody else sets its timeout.
  if (!isSecure) return ({ timeout = 0 }) => tunnel.setTimeout(timeout);
  return ({ host = '', path: _path, ...options }) =>
    connectTls({ ...options, socket: tunnel, servername: isIP(host) === 0 ? host : '' });
}

function opened(
  ws: WebSocket,
  socket: NodeSocket,
  place: DialPlace,
  signal: AbortSignal,
): Promise<NodeSocket> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      signal.removeEventListener('abort', abort);
      cancelTimer();
      ws.off('error', fail);
      action();
    };
    const refuse = (error: TransferError) => {
      settle(() => reject(error));
      ws.terminate();
    };
    const abort = () => refuse(new TransferError('interrupted'));
    const fail = (error: Error) => refuse(dialError(error, place));
    // Of the whole: a slow trickle keeps a socket's own timeout from ever coming.
    const cancelTimer = nodeClock.after(DIAL_MS, () => fail(new Error('timed out')));

    signal.addEventListener('abort', abort, { once: true });
    ws.once('upgrade', ({ socket: { remoteAddress } }) => {
      // A proxy's own address tells nothing of the relay's.
      if (remoteAddress !== undefined && place.proxy === null) socket.address = remoteAddress;
    });
    ws.once('open', () => settle(() => resolve(socket)));
    ws.once('unexpected-response', (_request, response) => refuse(answerError(response, place)));
    ws.on('error', fail);
  });
}

/**
 * The endpoint of our own wire, below the path of the relay's URL.
 * @throws TransferError `relay-unreachable`
 */
export function endpoint(relayUrl: string, route?: string, path?: string): URL {
  const url = relayEndpoint(relayUrl, route, path);
  if (url === null) throw relayUrlError(relayUrl);
  return new URL(url);
}

/** Of what is no URL of a relay. */
export function relayUrlError(relayUrl: string): TransferError {
  return new TransferError(
    'relay-unreachable',
    `${quoted(withoutLogin(relayUrl))} is not the address of a relay.`,
  );
}
