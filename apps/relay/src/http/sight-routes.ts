// What operators and their tools ask a relay: whether it takes newcomers, its figures, its state.
import type { FastifyInstance } from 'fastify';
import type { Sight } from '../metrics/sight.ts';

/** `/readyz`: 503 as soon as the relay takes nobody new, while `/healthz` still says that it is alive. */
export function serveReadiness(app: FastifyInstance, sight: Sight): void {
  app.get('/readyz', (_request, reply) => {
    const [code, status] = sight.isDraining() ? ([503, 'draining'] as const) : ([200, 'ready'] as const);
    return reply.code(code).send({ status });
  });
}

/** `/metrics`, in Prometheus' text format, where they are kept. */
export function serveMetrics(app: FastifyInstance, { metrics }: Sight): void {
  if (metrics === null) return;
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}

/** `/status`: `RelayStatus` as JSON. */
export function serveStatus(app: FastifyInstance, sight: Sight): void {
  app.get('/status', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(await sight.status()),
  );
}
