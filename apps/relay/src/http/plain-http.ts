// Plain HTTP at a relay with a certificate: served to this machine and to trusted proxies, whose bytes cross no network of
// others; everybody else is sent to https at the same address.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isHost } from '../asked/asked-host.ts';
import { LOOPBACK } from '../limits/loopback.ts';
import type { TrustedProxies } from '../limits/trusted-proxies.ts';
import type { TcpGate } from '../sockets/tcp-gate.ts';

export function isEncrypted(socket: Socket): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

/** Whether a request on this connection is answered as it is. */
export function isServedPlain(
  socket: Socket,
  gate: Pick<TcpGate, 'isLocal'>,
  proxies: Pick<TrustedProxies, 'has'>,
): boolean {
  if (isEncrypted(socket) || gate.isLocal(socket)) return true;
  const { remoteAddress = '' } = socket;
  return LOOPBACK.has(remoteAddress) || proxies.has(remoteAddress);
}

/** The answer to everybody else: where the same is by https, or 400 for a `Host` header that names nothing. */
export function toSecure(
  host: string | undefined,
  url: string,
): { statusCode: 307 | 400; headers: Record<string, string>; body: string } {
  const address = `https://${host}${url}`;
  if (host === undefined || !isHost(host) || !url.startsWith('/') || !URL.canParse(address)) {
    return { statusCode: 400, headers: {}, body: 'This address needs https.\n' };
  }
  const { href } = new URL(address);
  // Not for good: with other settings the relay may serve http.
  return { statusCode: 307, headers: { location: href }, body: `This is at ${href}\n` };
}
