// Decides which requests may become a WebSocket: only those for the relay's paths, and from an allowed web page.
import { CLASSIC_SOCKET_PATH, RELAY_SOCKET_PATH } from '@p2p-copy/core/relay-protocol';

export interface UpgradeRequest {
  path: string;
  /** The `Origin` header. Only browsers send one. */
  origin: string | undefined;
  /** The host that the client asked for, with its port unless that is the default. */
  host: string;
}

export interface UpgradeRefusal {
  statusCode: 403 | 404;
  reason: 'origin' | 'no-such-path';
  body: string;
}

/** Why the upgrade is refused, or null when it may go on. */
export function refuseUpgrade(
  request: UpgradeRequest,
  allowedOrigins: readonly string[],
): UpgradeRefusal | null {
  if (request.path !== RELAY_SOCKET_PATH && request.path !== CLASSIC_SOCKET_PATH) {
    return {
      statusCode: 404,
      reason: 'no-such-path',
      body: `The p2p-copy relay speaks WebSocket at ${RELAY_SOCKET_PATH} only.\n`,
    };
  }
  if (request.origin === undefined || allowedOrigins.includes(request.origin)) return null;
  if (isSameHost(request.origin, request.host)) return null;
  return {
    statusCode: 403,
    reason: 'origin',
    body: 'This relay takes WebSockets only from its own pages. Its operator may allow other origins.\n',
  };
}

/** The scheme isn't compared: a relay behind a TLS proxy doesn't know its own. */
function isSameHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  if (!URL.canParse(`${protocol}//${host}`)) return false;
  return originHost !== '' && originHost === new URL(`${protocol}//${host}`).host;
}
