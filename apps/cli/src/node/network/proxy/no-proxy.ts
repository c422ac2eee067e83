// NO_PROXY: which hosts are reached without the proxy, by the rules of curl, and with a port where one is named.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Whether a list of hosts exempts one of them. An entry is a name, which stands for the names below it too, an IP address, a
 * block of addresses (`10.0.0.0/8`), each with a port or without, or `*` for all.
 * @param list entries with commas or white space between them
 * @param host name or IP address, that of IPv6 without brackets
 */
export function isExempt(list: string, host: string, port: number): boolean {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const parts = partsOf(entry);
  if (parts.port !== null && parts.port !== port) return false;
  return isIP(host) === 0 ? isBelow(host, parts.host) : isInBlock(host, parts.host);
}

/** An address of IPv6 has no port unless it is in brackets. */
function partsOf(entry: string): { host: string; port: number | null } {
  const [, bracketed, rest = ''] = /^\[(.*)\](?::(\d+))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) return { host: bracketed, port: rest === '' ? null : Number(rest) };
  const [, host, port] = /^([^:]*):(\d+)$/.exec(entry) ?? [];
  return host === undefined ? { host: entry, port: null } : { host, port: Number(port) };
}

function isBelow(host: string, entry: string): boolean {
  const [name, domain] = [host, entry.replace(/^\*?\./, '')].map((each) =>
    each.toLowerCase().replace(/\.$/, ''),
  );
  return domain !== '' && (name === domain || name!.endsWith(`.${domain}`));
}

function isInBlock(host: string, entry: string): boolean {
  const [network = '', length] = entry.split('/');
  const address = ipaddr.parse(host);
  if (isIP(network) === 0) return false;
  const other = ipaddr.parse(network);
  const bits = address.toByteArray().length * 8;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (address.kind() !== other.kind() || !(prefix <= bits)) return false;
  return address.match(other as never, prefix);
}
