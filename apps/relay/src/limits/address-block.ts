// What counts as one address: an IPv4 address, or the /64 that one IPv6 network owns. A provider hands a customer up to
// a /48 (RFC 6177), called a site here: it has limits of its own. For logs, less than an address.
import { isIPv6 } from 'node:net';

/** The key under which limits count a client. An IPv4 address that is written as IPv6 is the IPv4 address. */
export function addressBlock(ip: string): string {
  const groups = ipv6Groups(ip);
  if (groups === null) return ip;
  return embeddedIpv4(groups) ?? `${hex(groups.slice(0, 4))}::/64`;
}

/** The /48 of a key that `addressBlock` gave; null for an IPv4 address. */
export function siteOf(block: string): string | null {
  return block.endsWith('::/64') ? `${block.split(':').slice(0, 3).join(':')}::/48` : null;
}

/** What a log line may say of a client: its /24, or its /48. */
export function truncateAddress(ip: string): string {
  const block = addressBlock(ip);
  const site = siteOf(block);
  if (site !== null) return site;
  const parts = block.split('.');
  return parts.length === 4 ? `${parts.slice(0, 3).join('.')}.0/24` : 'unknown';
}

/** What an IPv4 client has before its address at a dual-stack socket, and behind a translator (RFC 6052). */
const IPV4_PREFIXES = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];

function embeddedIpv4(groups: readonly number[]): string | null {
  if (!IPV4_PREFIXES.includes(hex(groups.slice(0, 6)))) return null;
  return groups
    .slice(6)
    .flatMap((group) => [group >>> 8, group & 0xff])
    .join('.');
}

/** The eight groups, or null when it isn't IPv6. */
export function ipv6Groups(ip: string): number[] | null {
  const address = ip.replace(/%.*$/, '');
  if (!isIPv6(address)) return null;
  const [head = '', tail] = withoutDots(address).split('::');
  const before = parseGroups(head);
  if (tail === undefined) return before;
  const after = parseGroups(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** A dotted end stands for two groups. */
function withoutDots(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_dotted, ...bytes: string[]) => {
    const [a, b, c, d] = bytes.map(Number) as [number, number, number, number];
    return hex([a * 256 + b, c * 256 + d]);
  });
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function hex(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}
