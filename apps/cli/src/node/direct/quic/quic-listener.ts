// A UDP port on which the other end may dial by QUIC.
import { MAX_QUIC_HANDSHAKES } from '@p2p-copy/core';
import { QuicEndpoint } from './quic-endpoint.ts';
import { quicSettings } from './quic-settings.ts';
import type { Quinn, QuinnConnection, QuinnServer } from './quinn-addon.ts';

/** A port of one family. */
export interface QuicPort {
  port: number;
  /** Takes nobody from here on. Connections that were taken stay. */
  close(): void;
}

/**
 * Opens a port on every interface of a family.
 * @param host 0.0.0.0 or ::
 * @throws Error where that family can't be listened on
 */
export function listenByQuic(
  quinn: Quinn,
  host: string,
  onConnection: (connection: QuinnConnection) => void,
): QuicPort {
  const server = new quinn.Server(new quinn.QuinnConfig(quicSettings(1)), host, 0);
  const endpoint = new QuicEndpoint(() => void server.abort());
  for (let i = 0; i < MAX_QUIC_HANDSHAKES; i += 1) void takeAll(server, endpoint, onConnection);
  return { port: server.port(), close: () => endpoint.close() };
}

/** One handshake after another: a stranger that doesn't finish its own holds up one of many. */
async function takeAll(
  server: QuinnServer,
  endpoint: QuicEndpoint,
  onConnection: (connection: QuinnConnection) => void,
): Promise<void> {
  for (;;) {
    let connection: QuinnConnection;
    try {
      connection = await server.inboundConnection();
    } catch (error) {
      if (endpoint.isClosed || isServerClosed(error)) return;
      // The handshake of a stranger has failed.
      continue;
    }
    if (endpoint.isClosed) {
      connection.abort();
      return;
    }
    endpoint.hold(connection);
    onConnection(connection);
  }
}

/** Whether `inboundConnection` has rejected since the socket has ended, as after `abort`, rather than for a handshake that failed. */
function isServerClosed(error: unknown): boolean {
  return error instanceof Error && error.message === 'server closed';
}
