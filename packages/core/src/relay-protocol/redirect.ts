// Where a relay may send a client: to another address of the same scheme or a stricter one, in the same address space or
// a wider one. docs/PROTOCOL.md section 4.
import { ADDRESS_SPACES, type AddressSpace, addressSpaceOf } from './address-space.ts';
import { parseUrl } from './socket-url.ts';

/** Where the client is. */
export interface RedirectOrigin {
  /** As the client dialled it. */
  relayUrl: string;
  /** IP address at the other end of the connection, or null where the platform doesn't tell. */
  address: string | null;
}

/** A redirect that may be followed. */
export interface RedirectTarget {
  url: string;
  /** Whether that IP address may be connected to: for the addresses that the target's name has when it is dialled. */
  allows(address: string): boolean;
}

/** Longest URL that is followed. */
const MAX_URL_LENGTH = 2048;
/** Schemes of WebSockets, the less strict one first. */
const STRICTNESS: Record<string, number> = { 'http:': 0, 'ws:': 0, 'https:': 1, 'wss:': 1 };

/** null when the redirect must not be followed. */
export function redirectTarget(origin: RedirectOrigin, url: string): RedirectTarget | null {
  const from = parseUrl(origin.relayUrl);
  const to = url.length > MAX_URL_LENGTH ? null : parseUrl(url);
  if (from === null || to === null) return null;
  if (to.username !== '' || to.password !== '' || to.search !== '' || to.hash !== '') return null;
  const [strictness, leastStrictness] = [STRICTNESS[to.protocol], STRICTNESS[from.protocol]];
  if (strictness === undefined || leastStrictness === undefined || strictness < leastStrictness) return null;
  if (addressOf(to) === addressOf(from)) return null;
  const origins = reach(origin.address ?? from.hostname);
  const allows = (host: string) => reach(host) !== 'unusable' && rank(reach(host)) <= rank(origins);
  return allows(to.hostname) ? { url, allows } : null;
}

/** A name of which nothing is known counts as public, which allows the least as an origin. */
function reach(host: string): AddressSpace {
  return addressSpaceOf(host) ?? 'public';
}

/** Of an unusable origin: as of a public one. */
function rank(space: AddressSpace): number {
  return space === 'unusable' ? 0 : ADDRESS_SPACES.indexOf(space);
}

/** A relay that sends a client to itself would do so again. */
function addressOf({ protocol, host, pathname }: URL): string {
  return `${STRICTNESS[protocol]} ${host} ${pathname.replace(/\/+$/, '')}`;
}
