// A set of IP networks that is asked about each TCP connection, so its size must not matter: a look-up for each length of
// prefix in it. All in 128 bits; an IPv4 address is what IPv6 maps it to.
import { isIPv4 } from 'node:net';
import { addressBlock, ipv6Groups } from './address-block.ts';

const MAPPED_BITS = 96;

interface Network {
  address: bigint;
  /** Leading bits that an address has in common with it. */
  bits: number;
}

/** Whether `text` is an IP address or a network in CIDR notation, smaller than all addresses of its kind. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== null;
}

export class NetworkSet {
  /** By the bits of the prefix. */
  readonly #prefixes = new Map<number, Set<bigint>>();

  /** @param networks each passes `isNetwork` */
  constructor(networks: Iterable<string>) {
    for (const text of networks) {
      const { address, bits } = parseNetwork(text)!;
      const prefixes = this.#prefixes.get(bits) ?? new Set();
      this.#prefixes.set(bits, prefixes.add(address >> BigInt(128 - bits)));
    }
  }

  get isEmpty(): boolean {
    return this.#prefixes.size === 0;
  }

  /** @param ip an IP address as a socket or a proxy tells it; anything else is in no network */
  has(ip: string): boolean {
    if (this.isEmpty) return false;
    const asWritten = parseAddress(ip);
    if (asWritten === null) return false;
    // What a translator made of an IPv4 address is that address, too.
    const embedded = parseAddress(addressBlock(ip));
    return this.#covers(asWritten) || (embedded !== null && this.#covers(embedded));
  }

  #covers(address: bigint): boolean {
    for (const [bits, prefixes] of this.#prefixes) {
      if (prefixes.has(address >> BigInt(128 - bits))) return true;
    }
    return false;
  }
}

function parseNetwork(text: string): Network | null {
  const [, ip = '', digits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const address = parseAddress(ip);
  if (address === null) return null;
  const [longest, skipped] = isIPv4(ip) ? [32, MAPPED_BITS] : [128, 0];
  const bits = digits === undefined ? longest : Number(digits);
  return bits >= 1 && bits <= longest ? { address, bits: skipped + bits } : null;
}

function parseAddress(ip: string): bigint | null {
  if (isIPv4(ip)) return ip.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0xffffn);
  const groups = ipv6Groups(ip);
  return groups === null ? null : groups.reduce((sum, group) => (sum << 16n) + BigInt(group), 0n);
}
