// Which addresses that the other end names are dialled: it may mean a third party. docs/PROTOCOL.md section 18.
import type { DirectAddress } from '@p2p-copy/core';
import ipaddr from 'ipaddr.js';
import { GLOBAL, isOnLink, OF_A_NETWORK, type OwnAddress, rangeOf } from './own-addresses.ts';

const FIRST_PORT = 1024;
const LAST_PORT = 65_535;
/** The part of IPv6 that is allocated to the internet, and its prefix length. */
const ALLOCATED = [ipaddr.IPv6.parse('2000::'), 3] as const;
/** Bytes 8 to 11 of an IPv6 address that ISATAP tunnels to the IPv4 address in the last four; the second where that is global. */
const ISATAP = ['0,0,94,254', '2,0,94,254'];

/** Whether an address may be dialled from a device with these addresses. */
export function mayDial({ host, port }: DirectAddress, own: readonly OwnAddress[]): boolean {
  // Only the usual forms: an octal or hexadecimal number means another address elsewhere.
  if (!ipaddr.IPv4.isValidFourPartDecimal(host) && !ipaddr.IPv6.isValid(host)) return false;
  if (host.includes('%') || port < FIRST_PORT || port > LAST_PORT) return false;
  const address = ipaddr.parse(host);
  const isOwn = own.some(
    (each) => ipaddr.parse(each.host).toNormalizedString() === address.toNormalizedString(),
  );
  // A link's broadcast address is an ordinary one elsewhere.
  if (isOwn || isBroadcast(host, own) || !mayReach(address.kind(), own)) return false;
  const range = rangeOf(host);
  if (address instanceof ipaddr.IPv6 && isTunnelled(address)) return false;
  if (range === 'ipv6 unicast') return address.match(...ALLOCATED);
  return GLOBAL.includes(range) || (OF_A_NETWORK.includes(range) && isOnLink(host, own));
}

/** A dial by a family that this device doesn't have leads nowhere, and would be one of the few that it makes. */
function mayReach(family: string, own: readonly OwnAddress[]): boolean {
  const ranges = own.map((each) => rangeOf(each.host));
  return own.length === 0 || ranges.some((range) => range.startsWith(family) && !range.endsWith('linkLocal'));
}

function isTunnelled(address: ipaddr.IPv6): boolean {
  return ISATAP.includes(address.toByteArray().slice(8, 12).join());
}

function isBroadcast(host: string, own: readonly OwnAddress[]): boolean {
  return own.some(({ host: each, prefixLength }) => {
    if (!ipaddr.IPv4.isValid(each) || prefixLength > 30) return false;
    const network = `${each}/${prefixLength}`;
    return [
      ipaddr.IPv4.broadcastAddressFromCIDR(network).toString(),
      ipaddr.IPv4.networkAddressFromCIDR(network).toString(),
    ].includes(host);
  });
}
