// Serves the built web app, or says in its place that it isn't built.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

const NOT_BUILT = `This p2p-copy relay runs, but its web app is not built.
Build it with: npm run build
Then start the relay again. The command line works without it.
`;

/**
 * Serves all files but the page itself.
 * @param webRoot folder of the built app, or null for none
 * @returns what answers with the page, for the path that classic clients share with it
 */
export async function serveWebApp(
  app: FastifyInstance,
  webRoot: string | null,
): Promise<(reply: FastifyReply) => FastifyReply> {
  if (webRoot !== null && existsSync(join(webRoot, 'index.html'))) {
    // Its own cache headers would hide those of response-headers.ts.
    await app.register(fastifyStatic, { root: resolve(webRoot), cacheControl: false });
    return (reply) => reply.sendFile('index.html');
  }
  return (reply) => reply.type('text/plain; charset=utf-8').send(NOT_BUILT);
}
