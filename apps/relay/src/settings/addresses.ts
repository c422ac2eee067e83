// Addresses to listen on, as an operator writes them: a port, HOST:PORT, a unix socket, or a socket that is passed in.
import { isIPv6 } from 'node:net';

export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  /** A listening socket that this process was started with. */
  | { readonly kind: 'descriptor'; readonly fd: number };

/** Every network of the machine, by IPv6 and IPv4. */
export const EVERYWHERE = '::';

/** The shortest limit among systems, macOS's, without the byte that ends a path. */
export const MAX_SOCKET_PATH_BYTES = 103;

export const ADDRESS_FORMS =
  'addresses such as 8765, 127.0.0.1:8765, [::1]:8765, unix:/run/p2p-copy/relay.sock or fd:3';

/** An address of IPv6 may stand in brackets, as in a URL. */
export function unbracketed(host: string): string {
  return /^\[([\da-f:.]+(?:%.+)?)\]$/i.exec(host)?.[1] ?? host;
}

/** Null for a text that is no address. */
export function readAddress(text: string): ListenAddress | null {
  if (text.startsWith('unix:')) return unixAddress(text.slice('unix:'.length));
  const fd = /^fd:(\d{1,7})$/.exec(text)?.[1];
  // Those below are the standard streams.
  if (fd !== undefined) return Number(fd) > 2 ? { kind: 'descriptor', fd: Number(fd) } : null;
  const [, host = '', digits] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return null;
  if (host === '' || host === '*') return { kind: 'tcp', host: EVERYWHERE, port };
  const bracketed = /^\[(.+)\]$/.exec(host)?.[1];
  if (bracketed !== undefined) return isIPv6(bracketed) ? { kind: 'tcp', host: bracketed, port } : null;
  return /^[a-z\d]([a-z\d._-]*[a-z\d])?\.?$/i.test(host) ? { kind: 'tcp', host, port } : null;
}

function unixAddress(path: string): ListenAddress | null {
  const isUsable =
    path.startsWith('/') &&
    !path.endsWith('/') &&
    !path.includes('\0') &&
    Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES;
  return isUsable ? { kind: 'unix', path } : null;
}

export function showAddress(address: ListenAddress): string {
  switch (address.kind) {
    case 'tcp':
      return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
    case 'unix':
      return `unix:${address.path}`;
    case 'descriptor':
      return `fd:${address.fd}`;
  }
}
