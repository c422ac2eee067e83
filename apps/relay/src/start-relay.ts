// Puts the relay together, starts it and stops it.
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from './clock.ts';
import { parseRelayConfig, type RelayConfig } from './config.ts';
import { createApp } from './http/create-app.ts';
import { explainListenError } from './relay-error.ts';
import { Switchboard } from './switchboard.ts';
import { followCertificate } from './tls/follow-certificate.ts';
import { certificateFor } from './tls/read-certificate.ts';
import { RELAY_VERSION } from './version.ts';

export interface RunningRelay {
  /** Where a browser on this machine reaches it, such as `http://127.0.0.1:8765`; https with a certificate. */
  readonly url: string;
  /** The port it listens on, also where 0 was asked for. */
  readonly port: number;
  readonly host: string;
  /**
   * Takes nobody new, lets pairs go on for at most `graceMs` (default 0), and resolves when all is closed. Called
   * again without `graceMs` it waits no longer.
   */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts a relay.
 * @param config settings that differ from the defaults
 * @throws RelayError `invalid-config`, or the system's code (`EADDRINUSE`, `EACCES`, …) when it can't listen
 */
export async function startRelay(
  config: Partial<RelayConfig> = {},
  clock: Clock = systemClock,
): Promise<RunningRelay> {
  const settings = parseRelayConfig(config);
  const certificate = await certificateFor(settings);
  const { app, switchboard } = await createApp(
    settings,
    certificate,
    (log) => new Switchboard(settings, clock, log),
  );
  const { host } = settings;
  try {
    await app.listen({ host, port: settings.port, listenTextResolver });
  } catch (error) {
    await app.close();
    throw explainListenError(error, host, settings.port);
  }
  const { server } = app;
  const { port } = server.address() as AddressInfo;
  const stopFollowing =
    certificate !== null && server instanceof HttpsServer
      ? followCertificate(certificate, { clock, log: app.log, use: (next) => server.setSecureContext(next) })
      : () => {};

  let closing: Promise<void> | null = null;
  async function stop(graceMs: number): Promise<void> {
    // Free the port at once, so that a successor can take it while the last pairs end.
    server.close();
    stopFollowing();
    await switchboard.drain(graceMs);
    for (const socket of app.websocketServer.clients) socket.terminate();
    await app.close();
    app.log.info(switchboard.tally, 'relay stopped');
  }

  return {
    url: `${certificate === null ? 'http' : 'https'}://${localNameOf(host)}:${port}`,
    port,
    host,
    close(graceMs = 0) {
      if (closing !== null && graceMs === 0) switchboard.closeAll();
      closing ??= stop(graceMs);
      return closing;
    },
  };
}

/** One log line for each address, which for a wildcard tells the operator those of this machine. */
function listenTextResolver(address: string): string {
  return `relay ${RELAY_VERSION} listens at ${address}`;
}

/** A wildcard is where one listens, not where one goes. */
function localNameOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
