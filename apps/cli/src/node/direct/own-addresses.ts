// The addresses of this device: which others may be told, and on which networks it is.
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** An address of this device, with the length of its network's prefix. */
export interface OwnAddress {
  host: string;
  prefixLength: number;
}

/** Ranges that lead to one network everywhere, */
export const GLOBAL: readonly string[] = ['ipv6 unicast', 'ipv4 unicast'];
/** and those that each network has for itself; the likeliest to be reached first. */
export const OF_A_NETWORK: readonly string[] = [
  'ipv4 private',
  'ipv4 carrierGradeNat',
  'ipv6 uniqueLocal',
  'ipv4 reserved',
  'ipv6 benchmarking',
  'ipv6 reserved',
];
const TOLD = [...GLOBAL, ...OF_A_NETWORK];
/** IPv6 addresses of one /64 that are told: a device has a temporary one for each day, and who can't reach one reaches none. */
const TOLD_OF_A_NETWORK = 2;

/** The addresses of all interfaces but loopback; none where the system tells none, as some do. */
export function ownAddresses(): OwnAddress[] {
  return Object.values(interfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && ipaddr.isValid(address))
    .map(({ address, cidr }) => ({ host: address, prefixLength: Number(cidr?.split('/')[1] ?? 128) }));
}

function interfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}

/**
 * Hosts that others may be told, the likeliest to be reached first.
 * @param ranges of which they are
 */
export function toldHosts(own: readonly OwnAddress[], ranges: readonly string[] = TOLD): string[] {
  const counts = new Map<string, number>();
  const isTold = ({ host }: OwnAddress) => {
    const address = ipaddr.parse(host);
    if (address instanceof ipaddr.IPv4) return true;
    const network = address.toByteArray().slice(0, 8).join();
    const count = (counts.get(network) ?? 0) + 1;
    counts.set(network, count);
    return count <= TOLD_OF_A_NETWORK;
  };
  const ranked = own.filter(isTold).map(({ host }) => ({ host, rank: TOLD.indexOf(rangeOf(host)) }));
  return ranked
    .filter(({ host, rank }) => rank !== -1 && ranges.includes(rangeOf(host)))
    .sort((a, b) => a.rank - b.rank)
    .map(({ host }) => host);
}

/** Whether an address is in a network of this device. @param host as the system tells it: with a zone, or IPv4 in IPv6 */
export function isOnLink(host: string, own: readonly OwnAddress[]): boolean {
  const [bare] = host.split('%');
  if (!ipaddr.isValid(bare!)) return false;
  const address = ipaddr.process(bare!);
  return own.some((each) => {
    const other = ipaddr.process(each.host);
    // A prefix of one address is no network.
    const isNetwork = each.prefixLength > 0 && each.prefixLength < other.toByteArray().length * 8;
    return isNetwork && address.kind() === other.kind() && address.match(other, each.prefixLength);
  });
}

/** Family and range of an address, such as `ipv4 private`. */
export function rangeOf(host: string): string {
  const address = ipaddr.parse(host);
  return `${address.kind()} ${address.range()}`;
}
