// The HTTP side: fastify with its headers, health, the web app, and the two paths that become WebSockets.
import fastifyWebsocket from '@fastify/websocket';
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
import type { RelayConfig } from '../config.ts';
import { classic } from '../dialects/classic.ts';
import { own } from '../dialects/own.ts';
import type { Client } from '../sockets/connection.ts';
import type { Switchboard } from '../switchboard.ts';
import { type Certificate, isSelfSigned } from '../tls/read-certificate.ts';
import { RELAY_VERSION } from '../version.ts';
import { buildId } from './build-id.ts';
import { headerTable, strictTransport } from './response-headers.ts';
import { refuseUpgrade } from './upgrade-gate.ts';
import { serveWebApp } from './web-app.ts';

/** Nothing here takes a request body. */
const MAX_BODY_BYTES = 1024;
const REQUEST_TIMEOUT_MS = 30_000;
/** TCP connections beyond the WebSockets, for pages and for refusals that say why. */
const HTTP_HEADROOM = 1_000;
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/**
 * Builds the app; it doesn't listen yet.
 * @param certificate null for a server without TLS
 * @param switchboardFor a function, because the switchboard logs through the app
 */
export async function createApp(
  config: RelayConfig,
  certificate: Certificate | null,
  switchboardFor: (log: FastifyInstance['log']) => Switchboard,
): Promise<{ app: FastifyInstance; switchboard: Switchboard }> {
  const responseHeaders = headerTable(config.otherNames);
  const knownOrigins = [...config.allowedOrigins, ...config.otherNames];
  const app = fastify({
    ...(certificate !== null && { https: certificate }),
    logger: { level: config.logLevel, stream: process.stderr },
    // Its lines would hold full addresses.
    logController: new LogController({ disableRequestLogging: true }),
    // Only what is connected directly is believed; every hop beyond it could be forged by the client.
    trustProxy: config.trustProxy ? (_address, hop) => hop === 0 : false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    // No hook runs for a path that can't be decoded.
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      reply.code(400).headers(responseHeaders('/', 400)).type(PLAIN_TEXT).send('This path is malformed.\n');
    },
  });
  const switchboard = switchboardFor(app.log);
  app.server.maxConnections = config.maxConnections + HTTP_HEADROOM;

  await app.register(fastifyWebsocket, {
    options: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false },
    // Connection listens for errors itself. The plugin's own handler would cut the socket before the close frame.
    errorHandler: () => {},
  });
  app.addHook('onRequest', (request, reply, done) => {
    const path = pathOf(request.url);
    const { origin } = request.headers;
    const refusal = request.ws ? refuseUpgrade({ path, origin, host: request.host }, knownOrigins) : null;
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
    wsHandler: (socket, request) => switchboard.accept(clientOf(socket, request), own),
  });
  app.get('/healthz', () => ({
    status: 'ok',
    version: RELAY_VERSION,
    waiting: switchboard.waiting,
    pairs: switchboard.pairs,
  }));
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
    wsHandler: (socket, request) => switchboard.accept(clientOf(socket, request), classic),
  });
  return { app, switchboard };
}

function clientOf(socket: WebSocket, { ip, socket: stream }: FastifyRequest): Client {
  return { ip, socket, stream };
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0]!;
}
