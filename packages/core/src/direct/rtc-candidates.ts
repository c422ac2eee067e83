// Which candidates of WebRTC the other end is told, and which of its own are checked: it may mean a third party. docs/PROTOCOL.md
// section 18.
import ipaddr from 'ipaddr.js';
import type { RtcCandidate } from '../ports/rtc-network.ts';
import { MAX_RTC_CANDIDATES } from '../wire/limits.ts';
import { isHiddenHost } from '../wire/rtc-description.ts';

const FIRST_PORT = 1024;
/** Ranges of one host each, as ipaddr.js names them: global ones, and those that a network has for itself. */
const USABLE: readonly string[] = [
  'unicast',
  'private',
  'carrierGradeNat',
  'uniqueLocal',
  'reserved',
  'benchmarking',
];
/** The part of IPv6 that is allocated to the internet, and its prefix length. */
const ALLOCATED = [ipaddr.IPv6.parse('2000::'), 3] as const;

/** Whether a candidate is at one host: no loopback, link-local, multicast, broadcast, unspecified, mapped or tunnelled address. */
export function isUsable({ host, port }: RtcCandidate): boolean {
  if (port < FIRST_PORT) return false;
  if (isHiddenHost(host)) return true;
  // Only the usual forms: an octal or hexadecimal number means another address elsewhere.
  if (!ipaddr.IPv4.isValidFourPartDecimal(host) && !ipaddr.IPv6.isValid(host)) return false;
  const address = ipaddr.parse(host);
  const range = address.range();
  if (host.includes('%') || !USABLE.includes(range)) return false;
  return range !== 'unicast' || address instanceof ipaddr.IPv4 || address.match(...ALLOCATED);
}

/** Of this end's candidates those that the other end is told: each once, what a server saw first. */
export function toldCandidates(own: readonly RtcCandidate[]): RtcCandidate[] {
  const byPlace = new Map<string, RtcCandidate>();
  for (const candidate of own.filter(isUsable)) byPlace.set(placeOf(candidate), candidate);
  const each = [...byPlace.values()];
  const seen = each.filter(({ type }) => type === 'srflx').slice(0, MAX_RTC_CANDIDATES / 2);
  const hosts = each.filter(({ type }) => type === 'host').slice(0, MAX_RTC_CANDIDATES - seen.length);
  return [...hosts, ...seen];
}

/** Where a candidate is. */
export function placeOf({ host, port }: RtcCandidate): string {
  return `${host} ${port}`;
}
