// What answers at `adminListen`: health, and what else only an operator should see. Plain HTTP, apart from the relay's own
// server, so that a flood there leaves it alone.
import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { RelayLog } from '../foundation/relay-log.ts';
import type { Sight } from '../metrics/sight.ts';
import { applyTimeouts, TIMELY, watchConnections } from './server-timeouts.ts';
import { serveMetrics, serveReadiness, serveStatus } from './sight-routes.ts';

/** Scrapers and people: each has one or two. */
export const MAX_ADMIN_CONNECTIONS = 64;
const TIMEOUTS = { headersTimeoutMs: 10_000, keepAliveTimeoutMs: 5_000, pageStallTimeoutMs: 30_000 };
const MAX_BODY_BYTES = 1024;
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/**
 * Builds the app; it doesn't listen yet.
 * @param health as `/healthz` tells it
 */
export async function createAdminApp(
  health: () => object,
  sight: Sight,
  log: RelayLog,
): Promise<FastifyInstance> {
  const app = fastify({
    http: TIMELY,
    bodyLimit: MAX_BODY_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
  });
  applyTimeouts(app.server, TIMEOUTS);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    // A browser that says which page asks has no business here: that page could be anybody's.
    if (request.headers.origin === undefined) done();
    else reply.code(403).type(PLAIN_TEXT).send('Web pages may not ask here.\n');
  });
  app.get('/healthz', health);
  serveReadiness(app, sight);
  serveMetrics(app, sight);
  serveStatus(app, sight);
  app.setNotFoundHandler((_request, reply) => reply.code(404).type(PLAIN_TEXT).send('Nothing here.\n'));
  app.setErrorHandler((error, _request, reply) => {
    log.error({ err: error }, 'an administrative request failed');
    reply.code(500).type(PLAIN_TEXT).send('This request failed.\n');
  });
  await app.ready();
  watchConnections(app.server);
  return app;
}
