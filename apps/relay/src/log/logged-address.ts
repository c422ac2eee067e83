// How much of a client's address a log line may hold: the operator's choice.
import { addressBlock, truncateAddress } from '../limits/address-block.ts';

/** `network`: the /24 or /48 that the address is in. */
export const LOG_ADDRESSES = ['none', 'network', 'full'] as const;
export type LogAddresses = (typeof LOG_ADDRESSES)[number];

/** What may be logged of `ip`; null for nothing. */
export function loggedAddress(ip: string, addresses: LogAddresses): string | null {
  switch (addresses) {
    case 'none':
      return null;
    case 'network':
      return truncateAddress(ip);
    case 'full':
      return fullAddress(ip);
  }
}

/** An IPv4 client as IPv4, also where the socket tells it as IPv6. */
function fullAddress(ip: string): string {
  const block = addressBlock(ip);
  return block.includes('::/') ? ip : block;
}
