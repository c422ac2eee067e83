// Puts the relay together, starts it and stops it.
import { existsSync } from 'node:fs';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@p2p-copy/core/foundation';
import { openTokens } from './access/open-tokens.ts';
import { systemClock } from './foundation/clock.ts';
import { RelayError } from './foundation/relay-error.ts';
import { RELAY_VERSION } from './foundation/version.ts';
import { createAdminApp, MAX_ADMIN_CONNECTIONS } from './http/admin-app.ts';
import { createApp } from './http/create-app.ts';
import { BlockedNetworks, followBlockFile } from './limits/blocked-networks.ts';
import {
  descriptorsForSockets,
  descriptorsOfProcess,
  fitCaps,
  LEAST_DESCRIPTORS,
  MIN_SOCKET_DESCRIPTORS,
  neededDescriptors,
  type SocketCaps,
} from './limits/descriptors.ts';
import { localUrlOf, urlOf } from './listening/bound-url.ts';
import { noteDefaultRoute } from './listening/default-route.ts';
import type { BoundAddress, Listener } from './listening/listener.ts';
import { addressesIn, listenAddresses, openListeners } from './listening/open-listeners.ts';
import { congestionControl } from './metrics/congestion-control.ts';
import { slowRates } from './rates/slow-rates.ts';
import { type ReloadReport, takeReloadable } from './reload.ts';
import { parseRelayConfig } from './settings/parse-config.ts';
import type { RelayConfig } from './settings/table.ts';
import { openStun, type StunServer } from './stun/open-stun.ts';
import { StunResponder } from './stun/stun-responder.ts';
import { followCertificate } from './tls/follow-certificate.ts';
import { certificateFor } from './tls/read-certificate.ts';

export interface RunningRelay {
  /** Where a browser on this machine reaches it, such as `http://127.0.0.1:8765`; https with a certificate. */
  readonly url: string;
  /** The port it listens on, also where 0 was asked for; 0 where there are unix sockets only. */
  readonly port: number;
  /** The first address it listens on, or the path of the first unix socket. */
  readonly host: string;
  /** All places where it listens: `http://127.0.0.1:8765`, `http://[::]:8765`, `unix:/run/p2p-copy/relay.sock`. */
  readonly addresses: readonly string[];
  /** Those for metrics and administration. */
  readonly adminAddresses: readonly string[];
  /** UDP port of its STUN server, also where 0 was asked for; null without one. */
  readonly stunPort: number | null;
  /** The system's TCP congestion control, such as `bbr`; null where it isn't told. */
  readonly congestionControl: string | null;
  /** How long `close` should let pairs go on, as the settings in force say, in ms. */
  readonly drainTimeoutMs: number;
  /** What its operator should know, a sentence each. */
  readonly warnings: readonly string[];
  /**
   * Takes other settings while it runs; those left out are the defaults again. Connections and pairs that run keep what
   * they began with.
   * @throws RelayError `invalid-config`; nothing has changed then
   */
  reload(config: Partial<RelayConfig>): ReloadReport;
  /** Reads the file of access tokens again, as `reload` does too. What can't be used is told in the log. */
  readTokens(): Promise<void>;
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
  await noteDefaultRoute();
  const certificate = await certificateFor(settings);
  const access = await openTokens(settings);
  const descriptors = descriptorsOfProcess();
  const free = descriptorsForSockets(descriptors.limit, descriptors.open);
  expectDescriptors(free, descriptors.limit);
  /** As asked for, but for the caps, as they are in force: one object that all parts read, and `reload` changes. */
  const inForce = { ...settings, ...fitCaps(settings, free) };
  const blocked = new BlockedNetworks(inForce);
  await blocked.read();
  const relay = await createApp(inForce, certificate, descriptors.limit, clock, blocked, access.tokens);
  const { app, switchboard, rooms, safeClock } = relay;
  const admin =
    settings.adminListen.length === 0 ? null : await createAdminApp(relay.health, relay.sight, app.log);
  const onFault = (error: Error) => switchboard.stats.fault(error);
  const handlers = {
    isSecure: certificate !== null,
    onConnection: relay.connect,
    onFault,
    onDrop: relay.dropped,
  };
  let listeners: Listener[] = [];
  let adminListeners: Listener[] = [];
  let stun: StunServer | null = null;
  try {
    stun = await openStun(settings, {
      responder: new StunResponder({
        rates: inForce,
        clock: safeClock,
        isBlocked: (ip) => blocked.has(ip),
        onOutcome: (outcome) => switchboard.stats.stunDatagram(outcome),
      }),
      ...{ clock: safeClock, log: app.log, onFault },
    });
    switchboard.stunPort = stun?.port ?? null;
    listeners = await openListeners(listenAddresses(settings), settings.socketMode, handlers);
    if (admin !== null) {
      const toAdmin = (socket: Socket) => void admin.server.emit('connection', socket);
      adminListeners = await openListeners(addressesIn(settings.adminListen), settings.socketMode, {
        isSecure: false,
        onConnection: toAdmin,
        onFault,
        onDrop: () => {},
      });
    }
  } catch (error) {
    for (const listener of listeners) listener.stop();
    stun?.close();
    await Promise.all([relay.close(), admin?.close()]);
    throw error;
  }
  limitListeners();
  relay.listening(listeners.map(({ bound }) => bound));
  for (const { server } of adminListeners) server.maxConnections = MAX_ADMIN_CONNECTIONS;
  const scheme = certificate === null ? 'http' : 'https';
  const urls = listeners.map(({ bound }) => urlOf(bound, scheme));
  for (const url of urls) app.log.info(`relay ${RELAY_VERSION} listens at ${url}`);
  if (stun !== null) app.log.info(`STUN server at UDP port ${stun.port}`);
  const congestion = congestionControl();
  if (congestion !== null) app.log.info(`TCP congestion control: ${congestion}`);
  const { server } = app;
  const stopFollowing =
    certificate !== null && server instanceof HttpsServer
      ? followCertificate(certificate, {
          clock: safeClock,
          log: app.log,
          use: (next) => server.setSecureContext(next),
        })
      : () => {};

  const blockFile = followBlockFile(blocked, {
    clock: safeClock,
    log: app.log,
    onChanged: cutBlocked,
  });
  const following = access.follow({ clock: safeClock, log: app.log });

  let closing: Promise<void> | null = null;
  async function stop(graceMs: number): Promise<void> {
    // Free the clients' places at once, so that a successor can take them while the last pairs end.
    for (const listener of listeners) listener.stop();
    stun?.close();
    stopFollowing();
    blockFile.stop();
    following?.stop();
    await Promise.all([switchboard.drain(graceMs), rooms.drain()]);
    // Until now they say that it is shutting down.
    for (const listener of adminListeners) listener.stop();
    await Promise.all([relay.close(), admin?.close()]);
    for (const listener of [...listeners, ...adminListeners]) listener.cut();
    app.log.info(switchboard.stats.tally, 'relay stopped');
  }

  function cutBlocked(): void {
    for (const board of [switchboard, rooms]) board.cut((ip) => blocked.has(ip));
  }

  /** The system refuses the rest sooner than the gate could. */
  function limitListeners(): void {
    for (const { server } of listeners) server.maxConnections = relay.maxConnections();
  }

  const first = listeners.find(({ bound }) => bound.kind === 'tcp')?.bound ?? listeners[0]!.bound;
  return {
    url: localUrlOf(first, scheme),
    port: first.kind === 'tcp' ? first.port : 0,
    host: first.kind === 'tcp' ? first.host : first.path,
    addresses: urls,
    adminAddresses: adminListeners.map(({ bound }) => urlOf(bound, 'http')),
    stunPort: stun?.port ?? null,
    congestionControl: congestion,
    get drainTimeoutMs() {
      return inForce.drainTimeoutMs;
    },
    warnings: [
      ...tooFewDescriptors(descriptors.limit, inForce, settings),
      ...noPage(settings.webRoot),
      ...slowRates(inForce),
      ...adminListeners.flatMap(({ bound }) => openAdministration(bound)),
      ...access.warnings,
    ],
    reload(next) {
      const asked = parseRelayConfig(next);
      const report = takeReloadable(settings, asked);
      Object.assign(inForce, settings, fitCaps(settings, free));
      relay.retune();
      limitListeners();
      blocked.retune();
      cutBlocked();
      void blockFile.look();
      void following?.look();
      return report;
    },
    async readTokens() {
      await following?.look();
    },
    close(graceMs = 0) {
      if (closing !== null && graceMs === 0) switchboard.closeAll();
      closing ??= stop(graceMs);
      return closing;
    },
  };
}

/** A relay that starts can pair two ends, and still serve a page. @throws RelayError `EMFILE` */
function expectDescriptors(free: number | null, limit: number | null): void {
  if (free === null || free >= MIN_SOCKET_DESCRIPTORS) return;
  throw new RelayError(
    'EMFILE',
    `This process may have ${limit} files open, too few for a relay. ` +
      `Raise the limit to at least ${LEAST_DESCRIPTORS} (ulimit -n, LimitNOFILE=).`,
  );
}

function tooFewDescriptors(limit: number | null, caps: SocketCaps, wanted: SocketCaps): string[] {
  if (
    caps.maxConnections === wanted.maxConnections &&
    caps.maxPageConnections === wanted.maxPageConnections
  ) {
    return [];
  }
  return [
    `This process may have ${limit} files open, so the relay takes ${caps.maxConnections} connections instead of ` +
      `${wanted.maxConnections}, and ${caps.maxConnectionsPerAddress} of one address. ` +
      `Raise the limit to ${neededDescriptors(wanted) + 200} (ulimit -n, LimitNOFILE=) for all of them.`,
  ];
}

function noPage(webRoot: string | null): string[] {
  if (webRoot === null || existsSync(join(webRoot, 'index.html'))) return [];
  return [`The folder ${webRoot} holds no index.html, so the relay serves no page.`];
}

function openAdministration(bound: BoundAddress): string[] {
  if (bound.kind === 'unix' || bound.host === '127.0.0.1' || bound.host === '::1') return [];
  return [
    `Whoever reaches ${urlOf(bound, 'http')} sees this relay's metrics. Keep strangers away with a firewall, or let adminListen be an address such as 127.0.0.1:${bound.port}.`,
  ];
}
