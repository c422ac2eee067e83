// Puts the relay together, starts it and stops it.
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@p2p-copy/core/foundation';
import { openTokens } from './access/open-tokens.ts';
import { systemClock } from './clock.ts';
import { parseRelayConfig, type RelayConfig } from './config.ts';
import { createApp } from './http/create-app.ts';
import {
  descriptorsForSockets,
  descriptorsOfProcess,
  fitCaps,
  neededDescriptors,
  type SocketCaps,
} from './limits/descriptors.ts';
import { explainListenError } from './relay-error.ts';
import { followCertificate } from './tls/follow-certificate.ts';
import { certificateFor } from './tls/read-certificate.ts';
import { RELAY_VERSION } from './version.ts';

export interface RunningRelay {
  /** Where a browser on this machine reaches it, such as `http://127.0.0.1:8765`; https with a certificate. */
  readonly url: string;
  /** The port it listens on, also where 0 was asked for. */
  readonly port: number;
  readonly host: string;
  /** What its operator should know, a sentence each. */
  readonly warnings: readonly string[];
  /** Reads again what may change while the relay runs: its access tokens. What can't be used is told in the log. */
  reload(): Promise<void>;
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
  const access = await openTokens(settings);
  const descriptors = descriptorsOfProcess();
  const caps = fitCaps(settings, descriptorsForSockets(descriptors.limit, descriptors.open));
  const { app, switchboard, safeClock } = await createApp(
    { ...settings, ...caps },
    certificate,
    clock,
    access.tokens,
  );
  const { host } = settings;
  try {
    await app.listen({ host, port: settings.port, listenTextResolver });
  } catch (error) {
    await app.close();
    throw explainListenError(error, host, settings.port);
  }
  const { server } = app;
  // When descriptors run out, or a network goes, a server says so by an event that ends the process if nobody listens.
  server.on('error', (error) => switchboard.stats.fault(error));
  const { port } = server.address() as AddressInfo;
  const stopFollowing =
    certificate !== null && server instanceof HttpsServer
      ? followCertificate(certificate, {
          clock: safeClock,
          log: app.log,
          use: (next) => server.setSecureContext(next),
        })
      : () => {};
  const following = access.follow({ clock: safeClock, log: app.log });

  let closing: Promise<void> | null = null;
  async function stop(graceMs: number): Promise<void> {
    // Free the port at once, so that a successor can take it while the last pairs end.
    server.close();
    stopFollowing();
    following?.stop();
    await switchboard.drain(graceMs);
    for (const socket of app.websocketServer.clients) socket.terminate();
    await app.close();
    app.log.info(switchboard.stats.tally, 'relay stopped');
  }

  return {
    url: `${certificate === null ? 'http' : 'https'}://${localNameOf(host)}:${port}`,
    port,
    host,
    warnings: [
      ...(caps === settings ? [] : [tooFewDescriptors(descriptors.limit, caps, settings)]),
      ...access.warnings,
    ],
    async reload() {
      await following?.look();
    },
    close(graceMs = 0) {
      if (closing !== null && graceMs === 0) switchboard.closeAll();
      closing ??= stop(graceMs);
      return closing;
    },
  };
}

function tooFewDescriptors(limit: number | null, caps: SocketCaps, wanted: SocketCaps): string {
  return (
    `This process may have ${limit} files open, so the relay takes ${caps.maxConnections} connections instead of ` +
    `${wanted.maxConnections}, and ${caps.maxConnectionsPerAddress} of one address. ` +
    `Raise the limit to ${neededDescriptors(wanted) + 200} (ulimit -n, LimitNOFILE=) for all of them.`
  );
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
