// The HTTP side: fastify with its headers, health, the web app, and the two paths that become WebSockets.
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import fastifyWebsocket from '@fastify/websocket';
import type { Clock } from '@p2p-copy/core/foundation';
import {
  CLASSIC_SOCKET_PATH,
  MAX_MESSAGE_BYTES,
  RELAY_PROTOCOL_VERSION,
  RELAY_SOCKET_PATH,
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
import { classic } from '../dialects/classic.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { own } from '../dialects/own.ts';
import { guardedClock } from '../guarded-clock.ts';
import { LOCAL_CALLER, TrustedProxies } from '../limits/trusted-proxies.ts';
import type { RelayConfig } from '../settings/table.ts';
import { TcpGate } from '../sockets/tcp-gate.ts';
import { Stats } from '../stats.ts';
import { Switchboard } from '../switchboard.ts';
import { type Certificate, isSelfSigned } from '../tls/read-certificate.ts';
import { RELAY_VERSION } from '../version.ts';
import { buildId } from './build-id.ts';
import { plainTwin } from './plain-twin.ts';
import { refusePipelining } from './refuse-pipelining.ts';
import { headerTable, strictTransport } from './response-headers.ts';
import { applyTimeouts, TIMELY, watchConnections } from './server-timeouts.ts';
import { refuseUpgrade } from './upgrade-gate.ts';
import { serveWebApp } from './web-app.ts';

/** Nothing here takes a request body. */
const MAX_BODY_BYTES = 1024;
const PLAIN_TEXT = 'text/plain; charset=utf-8';

export interface RelayApp {
  readonly app: FastifyInstance;
  readonly switchboard: Switchboard;
  readonly safeClock: Clock;
  /** As `/healthz` tells it. */
  health(): object;
  /** Takes a TCP connection, or one of a unix socket, for which there is no TLS. */
  connect(socket: Socket, isLocal: boolean): void;
  /** TCP connections at once, by all ways together. */
  maxConnections(): number;
  /** A connection was dropped before it got here. */
  dropped(): void;
  /** Puts in force what has changed in `config`, which all parts read when they need it. */
  retune(): void;
  /** Ends every connection, and the app. */
  close(): Promise<void>;
}

/**
 * Builds the app; others listen, and hand it the connections.
 * @param config read again at each use: it may be changed in place, with `retune` called afterwards
 * @param certificate null for a server without TLS
 * @param tokens null where access is open
 * @param clock its actions may throw: `safeClock` is the same, with faults told to the stats
 */
export async function createApp(
  config: RelayConfig,
  certificate: Certificate | null,
  clock: Clock,
  tokens: AccessTokens | null,
): Promise<RelayApp> {
  const proxies = new TrustedProxies(config.trustProxy);
  let responseHeaders = headerTable(config.otherNames);
  const app = fastify({
    ...(certificate === null
      ? { http: TIMELY }
      : { https: { ...certificate, ...TIMELY, handshakeTimeout: config.headersTimeoutMs } }),
    logger: { level: config.logLevel, stream: process.stderr },
    // Its lines would hold full addresses.
    logController: new LogController({ disableRequestLogging: true }),
    // For the host that a page was asked of. The client's address is found by `proxies` itself.
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
  const stats = new Stats(app.log);
  const safeClock = guardedClock(clock, (fault) => stats.fault(fault));
  const switchboard = new Switchboard(config, safeClock, stats, tokens);
  const { server } = app;
  const gate = new TcpGate(config, proxies, () => stats.refusedTcp());
  gate.guard(server);

  await app.register(fastifyWebsocket, {
    options: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, autoPong: false },
    // Connection listens for errors itself. The plugin's own handler would cut the socket before the close frame.
    errorHandler: () => {},
  });
  refusePipelining(server);
  app.addHook('onRequest', (request, reply, done) => {
    const path = pathOf(request.url);
    const { origin } = request.headers;
    const refusal = request.ws
      ? refuseUpgrade({ path, origin, host: request.host }, [...config.allowedOrigins, ...config.otherNames])
      : null;
    if (refusal === null) done();
    else reply.code(refusal.statusCode).type(PLAIN_TEXT).send(refusal.body);
  });
  // Bound to https by a certificate that it can only be asked about, a browser wouldn't even ask any more.
  const bindsToHttps = certificate !== null && !isSelfSigned(certificate);
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.headers(responseHeaders(pathOf(request.url), reply.statusCode));
    if (bindsToHttps) reply.headers(strictTransport(request.hostname));
    done(null, payload);
  });

  app.route({
    method: 'GET',
    url: RELAY_SOCKET_PATH,
    handler: (_request, reply) =>
      reply
        .code(426)
        .header('upgrade', 'websocket')
        .type(PLAIN_TEXT)
        .send('This path speaks WebSocket only.\n'),
    wsHandler: (socket, request) => takeOver(socket, request, own),
  });
  app.get('/healthz', health);
  app.get('/version', async () => ({
    version: RELAY_VERSION,
    build: await buildId(config.webRoot),
    protocol: RELAY_PROTOCOL_VERSION,
  }));
  app.setNotFoundHandler((_request, reply) => reply.code(404).type(PLAIN_TEXT).send('Nothing here.\n'));
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const statusCode = error.statusCode ?? 500;
    if (statusCode >= 500) app.log.error({ err: error }, 'a request failed');
    reply.code(statusCode).type(PLAIN_TEXT).send('This request failed.\n');
  });
  const answerWithPage = await serveWebApp(app, config.webRoot);
  app.route({
    method: 'GET',
    url: CLASSIC_SOCKET_PATH,
    handler: (_request, reply) => answerWithPage(reply),
    wsHandler: (socket, request) => takeOver(socket, request, classic),
  });
  await app.ready();
  const plain = server instanceof HttpsServer ? plainTwin(server) : server;
  if (plain !== server) gate.guard(plain);
  const servers = new Set([server, plain]);
  retune();
  for (const each of servers) watchConnections(each);
  return {
    app,
    switchboard,
    safeClock,
    health,
    connect(socket, isLocal) {
      if (isLocal) gate.markLocal(socket);
      (isLocal ? plain : server).emit('connection', socket);
    },
    maxConnections: () => gate.maxOpen,
    dropped: () => stats.refusedTcp(),
    retune,
    async close() {
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

  function takeOver(socket: WebSocket, { headers, socket: stream }: FastifyRequest, dialect: Dialect): void {
    const forwarded = String(headers['x-forwarded-for'] ?? '');
    const caller = gate.isLocal(stream) ? LOCAL_CALLER : (stream.remoteAddress ?? '');
    const ip = proxies.clientAddress(caller, forwarded);
    if (proxies.has(ip)) stats.unnamedClient();
    if (switchboard.accept({ ip, socket, stream }, dialect)) gate.release(stream);
  }
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0]!;
}
