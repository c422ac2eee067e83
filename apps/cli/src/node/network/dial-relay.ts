// Port DialRelay over `ws`: opens the WebSocket that all of a transfer's bytes pass through, and puts into words why
// it could not be opened.
import type { IncomingMessage } from 'node:http';
import {
  type DialRelay,
  type DialOptions as DialRequest,
  relayEndpoint,
  TransferError,
} from '@p2p-copy/core';
import WebSocket from 'ws';
import { quoted } from '../../wording/show-text.ts';
import { checkedLookup } from './checked-lookup.ts';
import { NodeSocket } from './node-socket.ts';
import { trusting } from './read-certificates.ts';
import { basicAuthorization, withoutLogin } from './relay-login.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** docs/PROTOCOL.md section 4: no wire message is longer. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
/** Names the row of the table of errors. */
const REFUSAL_HEADER = 'p2p-copy-refusal';

export interface DialOptions {
  /** Where the WebSocket is, from the relay's URL, the routing hash and the path of the endpoint. */
  endpoint(relayUrl: string, route: string | undefined, path: string | undefined): URL;
  /** Certificates to trust besides the system's, in PEM. */
  ca?: string;
  /** Whether all that is sent over it is sealed. */
  isSealed: boolean;
  /** The network has taken a binary message: its memory is free. */
  onWritten?(message: Uint8Array<ArrayBuffer>): void;
}

export function createDial(options: DialOptions): DialRelay {
  return (relayUrl, signal, { route, path, allows }: DialRequest = {}) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new TransferError('interrupted'));
      const url = options.endpoint(relayUrl, route, path);
      const authorization = basicAuthorization(relayUrl);
      const ws = new WebSocket(url, {
        perMessageDeflate: false,
        maxPayload: MAX_MESSAGE_BYTES,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
        ...(authorization !== null && { headers: { authorization } }),
        ...(allows !== undefined && { lookup: checkedLookup(allows) }),
        ...(options.ca !== undefined && trusting(options.ca)),
        // The mask protects caches on the way from plaintext that a script in a browser chose (RFC 6455, section 10.3).
        // What nobody on the way can read is as unpredictable there with a mask of zeros, and `ws` then skips the pass
        // over every byte.
        ...((options.isSealed || url.protocol === 'wss:') && { generateMask: (mask) => mask.fill(0) }),
      });
      // Wrapped at once, so that a message on the heels of the handshake is not missed.
      const socket = new NodeSocket(ws, options.onWritten);

      const settle = (action: () => void) => {
        signal.removeEventListener('abort', abort);
        ws.off('error', fail);
        action();
      };
      const refuse = (error: TransferError) => {
        settle(() => reject(error));
        ws.terminate();
      };
      const abort = () => refuse(new TransferError('interrupted'));
      const fail = (error: Error) => refuse(dialError(error, url));

      signal.addEventListener('abort', abort, { once: true });
      ws.once('upgrade', ({ socket: { remoteAddress } }) => {
        if (remoteAddress !== undefined) socket.address = remoteAddress;
      });
      ws.once('open', () => settle(() => resolve(socket)));
      ws.once('unexpected-response', (_request, response) => refuse(answerError(response, url)));
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

/** Which side of the connection failed, from an error that came before the handshake was through. */
function dialError(error: Error & { code?: unknown }, url: URL): TransferError {
  if (error instanceof TransferError) return error;
  const code = typeof error.code === 'string' ? error.code : '';
  const place = quoted(hostAndPort(url));
  // Something listens there and speaks, but not WebSocket.
  if (code.startsWith('HPE_') || /Sec-WebSocket|Upgrade header|subprotocol/i.test(error.message)) {
    return new TransferError('not-a-relay', `What answers at ${place} is not a p2p-copy relay.`, {
      cause: error,
    });
  }
  const reason = REASONS[code] ?? tlsReason(code) ?? reasonOfMessage(error.message);
  return new TransferError('relay-unreachable', `The relay at ${place} cannot be reached: ${reason}.`, {
    cause: error,
    retryable: PASSING.has(code) || /timed out|socket hang up/i.test(error.message),
  });
}

const REASONS: Record<string, string> = {
  EAI_AGAIN: 'the name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  EHOSTUNREACH: 'there is no route to that host',
  ENETUNREACH: 'there is no route to that network',
  ENOTFOUND: 'there is no host of that name',
  EPROTO: 'it does not speak TLS; try http:// instead of https://',
  ETIMEDOUT: 'it did not answer in time',
};

/** What may be over soon. A name that doesn’t exist and a certificate that isn’t trusted stay as they are. */
const PASSING: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENFILE',
  'ETIMEDOUT',
]);

function tlsReason(code: string): string | null {
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another name';
  if (/CERT|SIGNATURE|ISSUER/.test(code))
    return `its certificate is not trusted (${code}); --relay-fingerprint or --ca-file says which one to trust`;
  return /^ERR_(TLS|SSL)/.test(code) ? REASONS.EPROTO! : null;
}

function reasonOfMessage(message: string): string {
  if (/timed out/i.test(message)) return REASONS.ETIMEDOUT!;
  if (/socket hang up/i.test(message)) return REASONS.ECONNRESET!;
  return message;
}

function answerError(response: IncomingMessage, url: URL): TransferError {
  response.destroy();
  const { statusCode, headers } = response;
  if (headers[REFUSAL_HEADER] === 'origin-refused') {
    return new TransferError(
      'origin-refused',
      `The relay at ${quoted(hostAndPort(url))} takes this for a web page of an address that it does not allow: a proxy on the way adds an Origin.`,
    );
  }
  if (headers[REFUSAL_HEADER] === 'network-blocked') return new TransferError('relay-limit-network');
  const secure = secureTwin(headers.location, url);
  if (secure !== null) {
    return new TransferError(
      'relay-unreachable',
      `The relay at ${quoted(hostAndPort(url))} takes https only. Use --relay ${secure}, with the --relay-fingerprint that the relay prints if its certificate is its own.`,
    );
  }
  const moved = statusCode !== undefined && statusCode >= 300 && statusCode < 400 && headers.location;
  if (statusCode === 401) return loginError(url);
  const detail = moved
    ? `it redirects to ${quoted(withoutLogin(headers.location!))}`
    : `it answered with HTTP status ${statusCode}`;
  return new TransferError(
    'not-a-relay',
    `What answers at ${quoted(hostAndPort(url))} is not a p2p-copy relay: ${detail}.`,
  );
}

/** The relay's address by https, where that is what a relay at plain http leads to; null where it leads elsewhere or nowhere. */
function secureTwin(location: string | undefined, url: URL): string | null {
  if (location === undefined || url.protocol !== 'ws:' || !URL.canParse(location)) return null;
  const { protocol, hostname, origin, pathname } = new URL(location);
  if (protocol !== 'https:' || hostname !== url.hostname || pathname !== url.pathname) return null;
  return origin + pathname.replace(/\/[^/]*$/, '');
}

/** A proxy's basic authentication, which nothing of the relay has to do with. */
function loginError(url: URL): TransferError {
  return new TransferError(
    'not-a-relay',
    `What answers at ${quoted(hostAndPort(url))} asks for a user name and password, or does not know those in the address: https://user:password@${url.host}`,
  );
}

function hostAndPort(url: URL): string {
  return url.port === '' ? `${url.hostname}:${url.protocol === 'wss:' ? 443 : 80}` : url.host;
}
