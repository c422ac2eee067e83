// The HTTP side: fastify with its headers, health, the web app, and the paths that become WebSockets.
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import fastifyWebsocket from '@fastify/websocket';
import type { Clock } from '@p2p-copy/core/foundation';
import {
  ADDRESSES_PATH,
  MAX_MESSAGE_BYTES,
  ORIGIN_CHECK_PATH,
  REFUSAL_HEADER,
  RELAY_PROTOCOL_VERSION,
} from '@p2p-copy/core/relay-protocol';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { WebSocket } from 'ws';
import type { AccessTokens } from '../access/access-tokens.ts';
import { type AskedHost, askedHost } from '../asked/asked-host.ts';
import { forwardedFor } from '../asked/forwarded.ts';
import { relayParts } from '../board/relay-parts.ts';
import { Switchboard } from '../board/switchboard.ts';
import { guardedClock } from '../foundation/guarded-clock.ts';
import { ServedDigest } from '../foundation/served-digest.ts';
import { RELAY_VERSION } from '../foundation/version.ts';
import type { BlockedNetworks } from '../limits/blocked-networks.ts';
import { LOOPBACK } from '../limits/loopback.ts';
import { LOCAL_CALLER, TrustedProxies } from '../limits/trusted-proxies.ts';
import { addressesFor, isAskedHere, isPassedOn } from '../listening/addresses-for-others.ts';
import type { BoundAddress } from '../listening/listener.ts';
import { LineBudget } from '../log/line-budget.ts';
import { openSight, type Sight } from '../metrics/sight.ts';
import { Stats } from '../metrics/stats.ts';
import { systemRandomness } from '../pairing/system-randomness.ts';
import { RoomBoard } from '../presence/room-board.ts';
import { inProcessChannels } from '../rooms/room-channels.ts';
import type { RelayConfig } from '../settings/table.ts';
import { answerNoPage } from '../site/no-page.ts';
import { OF_REPRESENTATION, serveWebApp } from '../site/web-app.ts';
import type { Client } from '../sockets/connection.ts';
import { byFirstByte } from '../sockets/first-byte.ts';
import { TcpGate } from '../sockets/tcp-gate.ts';
import { type Certificate, isSelfSigned } from '../tls/read-certificate.ts';
import { buildId } from './build-id.ts';
import { isEncrypted, isServedPlain, toSecure } from './plain-http.ts';
import { plainTwin } from './plain-twin.ts';
import { refusePipelining } from './refuse-pipelining.ts';
import { RefusedOrigins } from './refused-origins.ts';
import { headerTable, pathOf, strictTransport } from './response-headers.ts';
import { serveSockets } from './serve-sockets.ts';
import { applyTimeouts, TIMELY, watchConnections } from './server-timeouts.ts';
import { serveMetrics, serveReadiness } from './sight-routes.ts';
import { isAllowedOrigin, refuseUpgrade } from './upgrade-gate.ts';

/** Nothing here takes a request body. */
const MAX_BODY_BYTES = 1024;
const PLAIN_TEXT = 'text/plain; charset=utf-8';

type Caller = Pick<FastifyRequest, 'headers' | 'socket'>;

export interface RelayApp {
  readonly app: FastifyInstance;
  readonly switchboard: Switchboard;
  readonly rooms: RoomBoard;
  readonly safeClock: Clock;
  /** As `/healthz` tells it. */
  health(): object;
  readonly sight: Sight;
  /** Takes a TCP connection, or one of a unix socket, for which there is no TLS. */
  connect(socket: Socket, isLocal: boolean): void;
  /** Tells where others listen for it, once they do. */
  listening(bound: readonly BoundAddress[]): void;
  /** TCP connections at once, by all ways together. */
  maxConnections(): number;
  /** A connection was dropped before it got here. */
  dropped(address: string): void;
  /** Puts in force what has changed in `config`, which all parts read when they need it. */
  retune(): void;
  /** Ends every connection, and the app. */
  close(): Promise<void>;
}

/**
 * Builds the app; others listen, and hand it the connections.
 * @param config read again at each use: it may be changed in place, with `retune` called afterwards
 * @param certificate null for a server without TLS
 * @param descriptors files that the process may have open; null where no limit is known
 * @param blocked whoever is in it isn't answered, or by a refusal where a proxy asks for them
 * @param tokens null where access is open
 * @param clock its actions may throw: `safeClock` is the same, with faults told to the stats
 */
export async function createApp(
  config: RelayConfig,
  certificate: Certificate | null,
  descriptors: number | null,
  clock: Clock,
  blocked: BlockedNetworks,
  tokens: AccessTokens | null,
): Promise<RelayApp> {
  const proxies = new TrustedProxies(config.trustProxy);
  let responseHeaders = headerTable(config.otherNames);
  const allowedOrigins = () => [...config.allowedOrigins, ...config.otherNames];
  const app = fastify({
    ...(certificate === null
      ? { http: TIMELY }
      : { https: { ...certificate, ...TIMELY, handshakeTimeout: config.headersTimeoutMs } }),
    logger: { level: config.logLevel, stream: process.stderr },
    // Its lines would hold full addresses.
    logController: new LogController({ disableRequestLogging: true }),
    // For the host that strict transport is asked of. The client's address is found by `proxies` itself.
    trustProxy: (address: string | undefined) => proxies.has(address ?? LOCAL_CALLER),
    bodyLimit: MAX_BODY_BYTES,
    // No hook runs for a path that can't be decoded.
    frameworkErrors: (_error, request, reply: FastifyReply) => {
      // Of a request to become a WebSocket the server has let go: nothing else would end its connection.
      if (request.raw.headers.upgrade !== undefined) {
        reply.raw.once('finish', () => request.raw.socket.destroySoon());
      }
      reply.code(400).headers(responseHeaders('/', 400)).type(PLAIN_TEXT).send('This path is malformed.\n');
    },
  });
  const safeClock = guardedClock(clock, (fault) => stats.fault(fault));
  const lines = new LineBudget(config, app.log, safeClock);
  const stats = new Stats(app.log, lines, config);
  const refusedOrigins = new RefusedOrigins(app.log);
  const parts = relayParts(config, safeClock, stats, tokens);
  const switchboard = new Switchboard(parts);
  const rooms = new RoomBoard(parts, inProcessChannels, () => 1 + systemRandomness.randomBelow(2 ** 32 - 1));
  const isMeasured = config.publicMetrics || config.adminListen.length > 0;
  const sight = await openSight(switchboard, rooms, { config, descriptors }, safeClock, isMeasured);
  const { server } = app;
  const gate = new TcpGate(config, proxies, blocked, (reason, address) => stats.refused(reason, address));

  await app.register(fastifyWebsocket, {
    options: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, autoPong: false },
    // Connection listens for errors itself. The plugin's own handler would cut the socket before the close frame.
    errorHandler: () => {},
  });
  refusePipelining(server);
  app.addHook('onRequest', (request, reply, done) => {
    // By a proxy: others were cut before they could ask.
    const listed = blocked.isEmpty ? null : clientOf(request);
    if (listed !== null && blocked.has(listed)) {
      stats.refused('blocked', listed);
      reply.code(403).header(REFUSAL_HEADER, 'network-blocked').type(PLAIN_TEXT);
      return reply.send('The operator of this relay blocks your network.\n');
    }
    if (certificate !== null && !isServedPlain(request.raw.socket, gate, proxies)) {
      const { statusCode, headers, body } = toSecure(request.headers.host, request.url);
      return reply.code(statusCode).headers(headers).type(PLAIN_TEXT).send(body);
    }
    const path = pathOf(request.url);
    const { origin } = request.headers;
    const asked = askedOf(request);
    const refusal = request.ws ? refuseUpgrade({ path, origin, asked }, allowedOrigins()) : null;
    if (refusal === null) return done();
    stats.refused(refusal.reason, clientOf(request));
    if (refusal.statusCode === 403) {
      refusedOrigins.tell(origin!, asked, request.headers);
      reply.header(REFUSAL_HEADER, 'origin-refused');
    }
    reply.code(refusal.statusCode).type(PLAIN_TEXT).send(refusal.body);
  });
  // Bound to https by a certificate that it can only be asked about, a browser wouldn't even ask any more.
  const bindsToHttps = certificate !== null && !isSelfSigned(certificate);
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.headers(responseHeaders(pathOf(request.url), reply.statusCode));
    if (reply.statusCode >= 400) for (const name of OF_REPRESENTATION) reply.removeHeader(name);
    if (bindsToHttps && isEncrypted(request.raw.socket)) reply.headers(strictTransport(request.hostname));
    done(null, payload);
  });

  app.get('/healthz', health);
  serveReadiness(app, sight);
  if (config.publicMetrics) serveMetrics(app, sight);
  app.get('/version', async () => ({
    version: RELAY_VERSION,
    build: await buildId(config.webRoot),
    protocol: RELAY_PROTOCOL_VERSION,
  }));
  // A browser tells a page nothing of a WebSocket that was refused: it asks here whether its address is why.
  app.get(ORIGIN_CHECK_PATH, (request) => {
    const { origin } = request.query as { origin?: unknown };
    return { allowed: isAllowedOrigin(String(origin), askedOf(request), allowedOrigins()) };
  });
  let bound: readonly BoundAddress[] = [];
  const commandLine = config.webRoot === null ? null : new ServedDigest(join(config.webRoot, 'cli.mjs'));
  app.get(ADDRESSES_PATH, async ({ headers, socket }) => {
    const isHere = LOOPBACK.has(callerOf(socket)) && isAskedHere(headers);
    const told = addressesFor(
      { isHere, isSecure: isEncrypted(socket) && !isPassedOn(headers) },
      config.otherNames,
      bound,
      certificate,
    );
    return { ...told, command: (await commandLine?.hex()) ?? null };
  });
  app.setNotFoundHandler(answerNoPage(config.webRoot));
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const statusCode = error.statusCode ?? 500;
    if (statusCode >= 500) app.log.error({ err: error }, 'a request failed');
    reply.code(statusCode).type(PLAIN_TEXT).send('This request failed.\n');
  });
  serveSockets(app, {
    pair: (socket, request, dialect) =>
      takeOver(socket, request, (client) => switchboard.accept(client, dialect)),
    visit: (socket, request) => takeOver(socket, request, (client) => rooms.accept(client)),
    answerWithPage: await serveWebApp(app, config.webRoot),
  });
  await app.ready();
  const plain = server instanceof HttpsServer ? plainTwin(server) : server;
  const front =
    plain === server
      ? server
      : byFirstByte({
          secure: server,
          plain,
          clock: safeClock,
          isLocal: (socket) => gate.isLocal(socket),
          timeoutMs: () => config.headersTimeoutMs,
        });
  gate.guard(front);
  const servers = new Set([server, plain]);
  retune();
  for (const each of servers) watchConnections(each);
  return {
    app,
    switchboard,
    rooms,
    safeClock,
    health,
    sight,
    connect(socket, isLocal) {
      if (isLocal) gate.markLocal(socket);
      front.emit('connection', socket);
    },
    listening(places) {
      bound = places;
    },
    maxConnections: () => gate.maxOpen,
    dropped: (address) => stats.refused('tcp-cap', address),
    retune,
    async close() {
      sight.stop();
      lines.close();
      for (const socket of app.websocketServer.clients) socket.terminate();
      for (const each of servers) each.closeAllConnections();
      plain.close();
      await app.close();
    },
  };

  function retune(): void {
    proxies.retune(config.trustProxy);
    responseHeaders = headerTable(config.otherNames);
    app.log.level = config.logLevel;
    for (const each of servers) applyTimeouts(each, config);
  }

  function health(): object {
    return {
      status: 'ok',
      version: RELAY_VERSION,
      waiting: switchboard.waiting,
      pairs: switchboard.pairs,
    };
  }

  function callerOf(stream: Socket): string {
    return gate.isLocal(stream) ? LOCAL_CALLER : (stream.remoteAddress ?? '');
  }

  function askedOf({ headers, socket }: Caller): AskedHost {
    return askedHost(headers, proxies.hops(callerOf(socket), forwardedFor(headers)));
  }

  function clientOf({ headers, socket }: Caller): string {
    return proxies.clientAddress(callerOf(socket), forwardedFor(headers));
  }

  function takeOver(socket: WebSocket, request: Caller, accept: (client: Client) => boolean): void {
    const { socket: stream } = request;
    const ip = clientOf(request);
    if (proxies.has(ip)) stats.unnamedClient();
    if (accept({ ip, socket, stream })) gate.release(stream);
  }
}
