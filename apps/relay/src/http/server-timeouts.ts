// How long the HTTP servers wait, set again when the settings change.
import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';

export interface ServerTimeouts {
  headersTimeoutMs: number;
  keepAliveTimeoutMs: number;
  pageStallTimeoutMs: number;
}

/** How often Node looks for connections that are past their timeouts. */
const LOOK_INTERVAL_MS = 1_000;

/** For a server that is made. */
export const TIMELY = { connectionsCheckingInterval: LOOK_INTERVAL_MS };

export function applyTimeouts(
  server: Server | SecureServer,
  { headersTimeoutMs, keepAliveTimeoutMs, pageStallTimeoutMs }: ServerTimeouts,
): void {
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = headersTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.timeout = pageStallTimeoutMs;
}

/** Node watches over the connections of a server from the time it listens; ours are handed to it by others that listen. */
export function watchConnections(server: Server | SecureServer): void {
  server.emit('listening');
}
