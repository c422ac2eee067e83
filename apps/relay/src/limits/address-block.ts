// What counts as one address: an IPv4 address, or the /64 that a single IPv6 household owns. For logs, less than that.
import { isIPv6 } from 'node:net';

/** The key under which limits count a client. */
export function addressBlock(ip: string): string {
  const groups = ipv6Groups(ip);
  if (groups === null) return withoutMapping(ip);
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** What a log line may say of a client: its /24, or its /48. */
export function truncateAddress(ip: string): string {
  const groups = ipv6Groups(ip);
  if (groups !== null) return `${groups.slice(0, 3).join(':')}::/48`;
  const parts = withoutMapping(ip).split('.');
  return parts.length === 4 ? `${parts.slice(0, 3).join('.')}.0/24` : 'unknown';
}

/** An IPv4 client of a dual-stack socket appears as ::ffff:1.2.3.4. */
function withoutMapping(ip: string): string {
  return ip.replace(/^::ffff:(?=[0-9.]+$)/i, '');
}

/** The first four groups without leading zeros, or null when it isn't IPv6. */
function ipv6Groups(ip: string): string[] | null {
  const address = withoutMapping(ip).replace(/%.*$/, '');
  if (!isIPv6(address)) return null;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before.slice(0, 4).map(withoutZeros);
  const after = tail === '' ? [] : tail.split(':');
  // A dotted end stands for two groups.
  const afterLength = after.length + (tail.includes('.') ? 1 : 0);
  const zeros = new Array<string>(8 - before.length - afterLength).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4).map(withoutZeros);
}

function withoutZeros(group: string): string {
  return group.toLowerCase().replace(/^0+(?=.)/, '');
}
