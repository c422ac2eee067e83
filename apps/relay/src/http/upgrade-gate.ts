// Decides which requests may become a WebSocket: only those for the relay's paths, and from an allowed web page.
import { RELAY_SOCKET_PATH, ROOMS_SOCKET_PATH } from '@p2p-copy/core/relay-protocol';
import { type AskedHost, isOwnOrigin } from '../asked/asked-host.ts';
import { CLASSIC_SOCKET_PATH } from './load-classic.ts';

export interface UpgradeRequest {
  path: string;
  /** The `Origin` header. Only browsers send one. */
  origin: string | undefined;
  asked: AskedHost;
}

export interface UpgradeRefusal {
  statusCode: 403 | 404;
  reason: 'origin' | 'no-such-path';
  body: string;
}

const SOCKET_PATHS: readonly string[] = [RELAY_SOCKET_PATH, ROOMS_SOCKET_PATH, CLASSIC_SOCKET_PATH];

/** Why the upgrade is refused, or null when it may go on. */
export function refuseUpgrade(
  request: UpgradeRequest,
  allowedOrigins: readonly string[],
): UpgradeRefusal | null {
  if (!SOCKET_PATHS.includes(request.path)) {
    return {
      statusCode: 404,
      reason: 'no-such-path',
      body: `The p2p-copy relay speaks WebSocket at ${RELAY_SOCKET_PATH} and ${ROOMS_SOCKET_PATH} only.\n`,
    };
  }
  if (request.origin === undefined || isAllowedOrigin(request.origin, request.asked, allowedOrigins))
    return null;
  return {
    statusCode: 403,
    reason: 'origin',
    body: 'This relay takes WebSockets only from its own pages. Its log says what its operator may set.\n',
  };
}

/** Whether pages of `origin` may connect: the relay's own, and those that its operator named. */
export function isAllowedOrigin(
  origin: string,
  asked: AskedHost,
  allowedOrigins: readonly string[],
): boolean {
  return allowedOrigins.includes(origin) || isOwnOrigin(origin, asked);
}
