// Which host a client asked for: its `Host` header, or what trusted proxies say of it in X-Forwarded-Host, -Port, -Proto
// and Forwarded (RFC 7239). Only the entries that trusted proxies wrote count, the last ones of each list.
import type { IncomingHttpHeaders } from 'node:http';
import { forwardedElements } from './forwarded.ts';

export interface AskedHost {
  /** Names under which the client may know the relay, each with its port unless that is the scheme's default. */
  hosts: readonly string[];
  /** Whether every trusted proxy that tells the scheme was asked by https. */
  isHttps: boolean;
}

/** Trusted proxies in a row whose entries are looked at. */
export const MAX_HOPS = 8;
/** Of a DNS name, in characters, and a port. */
const MAX_HOST_LENGTH = 260;
const HOST = /^(?:\[[0-9a-f:.]+\]|[^\s/?#@\\:,;"[\]]+)(?::\d{1,5})?$/i;
const PORT = /^\d{1,5}$/;

/** @param hops trusted proxies that passed the request on; 0 for a stranger, whose word counts for `Host` alone */
export function askedHost(headers: IncomingHttpHeaders, hops: number): AskedHost {
  const host = headers.host ?? '';
  if (hops === 0) return { hosts: isHost(host) ? [host] : [], isHttps: false };
  const last = <Entry>(list: readonly Entry[]) => list.slice(-Math.min(hops, MAX_HOPS));
  const listed = (name: string) => last(String(headers[name] ?? '').split(',')).map((entry) => entry.trim());
  const elements = last(forwardedElements(String(headers.forwarded ?? '')));
  const named = [...elements.map((element) => element.host ?? ''), ...listed('x-forwarded-host')].filter(
    isHost,
  );
  const ports = listed('x-forwarded-port').filter((port) => PORT.test(port));
  const schemes = [...elements.map(({ proto }) => proto ?? ''), ...listed('x-forwarded-proto')]
    .map((scheme) => scheme.toLowerCase())
    .filter((scheme) => scheme !== '');
  const names = named.length > 0 ? named : [host].filter(isHost);
  return {
    hosts: names.flatMap((name) => [name, ...(hasPort(name) ? [] : ports.map((port) => `${name}:${port}`))]),
    isHttps: schemes.length > 0 && schemes.every((scheme) => scheme === 'https' || scheme === 'wss'),
  };
}

/** Whether a page of `origin` is one that this host serves. */
export function isOwnOrigin(origin: string, { hosts, isHttps }: AskedHost): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: ownHost } = new URL(origin);
  if (protocol !== 'https:' && (protocol !== 'http:' || isHttps)) return false;
  return hosts.some((host) => {
    const url = `${protocol}//${host}`;
    return URL.canParse(url) && new URL(url).host === ownHost;
  });
}

/** Whether `text` can stand in a `Host` header. */
export function isHost(text: string): boolean {
  return text.length <= MAX_HOST_LENGTH && HOST.test(text);
}

function hasPort(host: string): boolean {
  return /:\d+$/.test(host);
}
