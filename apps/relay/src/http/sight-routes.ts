// What operators and their tools ask a relay: whether it takes newcomers, its figures, its state.
import type { FastifyInstance } from 'fastify';
import type { RelayMetrics } from '../metrics/relay-metrics.ts';

/** `/readyz`: 503 as soon as the relay takes nobody new, while `/healthz` still says that it is alive. */
export function serveReadiness(app: FastifyInstance, isDraining: () => boolean): void {
  app.get('/readyz', (_request, reply) => {
    const [code, status] = isDraining() ? [503, 'draining'] : [200, 'ready'];
    return reply.code(code).send({ status });
  });
}

export function serveMetrics(app: FastifyInstance, metrics: RelayMetrics): void {
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}

/** @param status JSON, as `RelayStatus` */
export function serveStatus(app: FastifyInstance, status: () => Promise<string>): void {
  app.get('/status', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(await status()),
  );
}
