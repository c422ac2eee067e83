// How far an address reaches: from everywhere, within a network, or only on the machine itself. The spaces are those of
// the Private Network Access draft (WICG); the ranges are those of IANA's special-purpose registries.

/** From the widest on: a redirect never leads from one space to a narrower one. */
export const ADDRESS_SPACES = ['public', 'private', 'loopback', 'unusable'] as const;
/** How far an address reaches. `unusable`: for documentation, multicast and the like, where no relay is. */
export type AddressSpace = (typeof ADDRESS_SPACES)[number];

/**
 * @param host an IP address, with or without the brackets of a URL, or a name
 * @returns null for a name that may be anywhere
 */
export function addressSpaceOf(host: string): AddressSpace | null {
  const bare = host.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const v4 = parseIpv4(bare);
  if (v4 !== null) return spaceOfIpv4(v4);
  const v6 = parseIpv6(bare);
  if (v6 !== null) return spaceOfIpv6(v6);
  return /(^|\.)localhost\.?$/i.test(bare) ? 'loopback' : null;
}

type Range = [network: number, bits: number, space: AddressSpace];

/** First match wins. What isn't listed is public. */
const IPV4_RANGES: Range[] = [
  [ipv4(127, 0, 0, 0), 8, 'loopback'],
  [ipv4(10, 0, 0, 0), 8, 'private'],
  [ipv4(100, 64, 0, 0), 10, 'private'],
  [ipv4(169, 254, 0, 0), 16, 'private'],
  [ipv4(172, 16, 0, 0), 12, 'private'],
  [ipv4(192, 168, 0, 0), 16, 'private'],
  [ipv4(198, 18, 0, 0), 15, 'private'],
  // Systems take 0.0.0.0 for this machine.
  [ipv4(0, 0, 0, 0), 8, 'unusable'],
  [ipv4(192, 0, 0, 0), 24, 'unusable'],
  [ipv4(192, 0, 2, 0), 24, 'unusable'],
  [ipv4(198, 51, 100, 0), 24, 'unusable'],
  [ipv4(203, 0, 113, 0), 24, 'unusable'],
  // Multicast, reserved, broadcast.
  [ipv4(224, 0, 0, 0), 3, 'unusable'],
];

function spaceOfIpv4(address: number): AddressSpace {
  const found = IPV4_RANGES.find(([network, bits]) => address >>> (32 - bits) === network >>> (32 - bits));
  return found?.[2] ?? 'public';
}

/** Public is what IANA has given out (2000::/3), as far as it doesn't stand for an IPv4 address. */
function spaceOfIpv6(groups: readonly number[]): AddressSpace {
  const [a, b] = groups as [number, number, ...number[]];
  const isZeroUpTo = (count: number) => groups.slice(0, count).every((group) => group === 0);
  const last = ipv4OfGroups(groups[6]!, groups[7]!);
  if (isZeroUpTo(7) && groups[7] === 1) return 'loopback';
  if (isZeroUpTo(5) && groups[5] === 0xffff) return spaceOfIpv4(last);
  if (a === 0x64 && b === 0xff9b && groups.slice(2, 6).every((group) => group === 0))
    return spaceOfIpv4(last);
  if (a === 0x2002) return spaceOfIpv4(ipv4OfGroups(b, groups[2]!));
  // Unique local, link-local, and the site-local ones of old.
  if ((a & 0xfe00) === 0xfc00 || (a & 0xffc0) === 0xfe80 || (a & 0xffc0) === 0xfec0) return 'private';
  // Documentation, and Teredo, which ends at a hidden IPv4 address.
  if (a === 0x2001 && (b === 0xdb8 || b === 0)) return 'unusable';
  return (a & 0xe000) === 0x2000 ? 'public' : 'unusable';
}

function ipv4(a: number, b: number, c: number, d: number): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function ipv4OfGroups(high: number, low: number): number {
  return ipv4(high >>> 8, high & 0xff, low >>> 8, low & 0xff);
}

/** Four decimal numbers, as `URL` writes each of the many ways to write one. */
function parseIpv4(text: string): number | null {
  const parts = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/
    .exec(text)
    ?.slice(1)
    .map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return null;
  const [a, b, c, d] = parts as [number, number, number, number];
  return ipv4(a, b, c, d);
}

function parseIpv6(text: string): number[] | null {
  if (!text.includes(':')) return null;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = dotted === null ? null : parseIpv4(dotted[2]!);
  if (dotted !== null && v4 === null) return null;
  const plain = v4 === null ? text : `${dotted![1]}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`;
  const halves = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  if (halves.length > 2 || !halves.flat().every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  const [head = [], tail] = halves;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...new Array<string>(tail === undefined ? 0 : missing).fill('0'), ...(tail ?? [])];
  return groups.map((group) => Number.parseInt(group, 16));
}
