// Why a WebSocket to a relay could not be opened, in words, and whether that may be over soon.
import type { IncomingMessage } from 'node:http';
import { TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { ProxyError } from './proxy/proxy-error.ts';
import { type ForwardProxy, shownProxy } from './proxy/proxy-of.ts';
import { withoutLogin } from './relay-login.ts';

/** Names the row of the table of errors. */
const REFUSAL_HEADER = 'p2p-copy-refusal';

/** What was dialled. */
export interface DialPlace {
  url: URL;
  /** By way of which proxy; null for none. */
  proxy: ForwardProxy | null;
}

/** Which side of the connection failed, from an error that came before the handshake was through. */
export function dialError(error: Error & { code?: unknown }, { url, proxy }: DialPlace): TransferError {
  if (error instanceof TransferError) return error;
  if (error instanceof ProxyError)
    return unreachable(quoted(hostAndPort(url)), error.message, error.isPassing, error);
  const code = typeof error.code === 'string' ? error.code : '';
  const place = named({ url, proxy });
  // Something listens there and speaks, but not WebSocket.
  if (code.startsWith('HPE_') || /Sec-WebSocket|Upgrade header|subprotocol/i.test(error.message)) {
    return new TransferError('not-a-relay', `What answers at ${place} is not a p2p-copy relay.`, {
      cause: error,
    });
  }
  const reason = REASONS[code] ?? tlsReason(code, proxy) ?? reasonOfMessage(error.message);
  const isPassing = PASSING.has(code) || /timed out|socket hang up/i.test(error.message);
  return unreachable(place, reason, isPassing, error);
}

function unreachable(place: string, reason: string, retryable: boolean, cause: Error): TransferError {
  return new TransferError('relay-unreachable', `The relay at ${place} cannot be reached: ${reason}.`, {
    cause,
    retryable,
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

function tlsReason(code: string, proxy: ForwardProxy | null): string | null {
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another name';
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    const byProxy = proxy === null ? '' : ', and P2P_COPY_CA_FILE the authority of a proxy that opens TLS';
    return `its certificate is not trusted (${code}); --relay-fingerprint or --ca-file says which one to trust${byProxy}`;
  }
  return /^ERR_(TLS|SSL)/.test(code) ? REASONS.EPROTO! : null;
}

function reasonOfMessage(message: string): string {
  if (/timed out/i.test(message)) return REASONS.ETIMEDOUT!;
  if (/socket hang up/i.test(message)) return REASONS.ECONNRESET!;
  return message;
}

/** Of an answer by HTTP that opens no WebSocket. */
export function answerError(response: IncomingMessage, place: DialPlace): TransferError {
  response.destroy();
  const { url } = place;
  const { statusCode, headers } = response;
  if (headers[REFUSAL_HEADER] === 'origin-refused') {
    return new TransferError(
      'origin-refused',
      `The relay at ${named(place)} takes this for a web page of an address that it does not allow: a proxy on the way adds an Origin.`,
    );
  }
  if (headers[REFUSAL_HEADER] === 'network-blocked') return new TransferError('relay-limit-network');
  const secure = secureTwin(headers.location, url);
  if (secure !== null) {
    return new TransferError(
      'relay-unreachable',
      `The relay at ${named(place)} takes https only. Use --relay ${secure}, with the --relay-fingerprint that the relay prints if its certificate is its own.`,
    );
  }
  const moved = statusCode !== undefined && statusCode >= 300 && statusCode < 400 && headers.location;
  if (statusCode === 401) return loginError(place);
  const detail = moved
    ? `it redirects to ${quoted(withoutLogin(headers.location!))}`
    : `it answered with HTTP status ${statusCode}`;
  return new TransferError(
    'not-a-relay',
    `What answers at ${named(place)} is not a p2p-copy relay: ${detail}.`,
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
function loginError(place: DialPlace): TransferError {
  return new TransferError(
    'not-a-relay',
    `What answers at ${named(place)} asks for a user name and password, or does not know those in the address: https://user:password@${place.url.host}`,
  );
}

function hostAndPort(url: URL): string {
  return url.port === '' ? `${url.hostname}:${url.protocol === 'wss:' ? 443 : 80}` : url.host;
}

function named({ url, proxy }: DialPlace): string {
  const through = proxy === null ? '' : `, by way of the proxy ${shownProxy(proxy)},`;
  return quoted(hostAndPort(url)) + through;
}
