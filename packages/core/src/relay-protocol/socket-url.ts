// Where a relay's WebSockets are, from the URL that a person gives for the relay. docs/PROTOCOL.md section 4.
import { RELAY_SOCKET_PATH } from './constants.ts';

/** The scheme of WebSockets that goes with each scheme of a relay's URL. */
const SOCKET_SCHEMES: Record<string, string> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
};

/** The parts of a relay's URL that lead to its WebSockets, or null for what is no http(s) or ws(s) URL. */
export function socketPlace(relayUrl: string): { origin: string; pathname: string } | null {
  const url = parseUrl(relayUrl);
  const scheme = url === null ? undefined : SOCKET_SCHEMES[url.protocol];
  if (url === null || scheme === undefined) return null;
  return { origin: `${scheme}//${url.host}`, pathname: url.pathname };
}

/**
 * An endpoint of our own wire, below the path of the relay's URL. Null for what is no http(s) or ws(s) URL.
 * @param route hash of the pairing key, by which a balancer may choose among relays
 * @param path of the endpoint; that of pairing by default
 */
export function relayEndpoint(relayUrl: string, route?: string, path = RELAY_SOCKET_PATH): string | null {
  const place = socketPlace(relayUrl);
  if (place === null) return null;
  const query = route === undefined ? '' : `?k=${route}`;
  return `${place.origin}${place.pathname.replace(/\/+$/, '')}${path}${query}`;
}

/** URL of the STUN server at the host of a relay's URL (RFC 7064), or null for what is no http(s) or ws(s) URL. */
export function stunServerOf(relayUrl: string, port: number): string | null {
  const url = parseUrl(relayUrl);
  return url === null || !Object.hasOwn(SOCKET_SCHEMES, url.protocol) ? null : `stun:${url.hostname}:${port}`;
}

/** Null for what is no URL. `URL.canParse` is too new for some browsers. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
