// Serves the built web app, compressed where the client takes it, or says in its place that it isn't built.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { leaveRangeOnly, statusByConditions } from './conditions.ts';
import { Representations } from './representations.ts';

const NOT_BUILT = `This p2p-copy relay runs, but its web app is not built.
Build it with: npm run build
Then start the relay again. The command line works without it.
`;
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Headers that describe a representation, and not an error in its place. */
export const OF_REPRESENTATION = ['content-encoding', 'etag'];

/**
 * Serves all files but the page itself.
 * @param webRoot folder of the built app, or null for none
 * @returns what answers with the page, for the path that classic clients share with it
 */
export async function serveWebApp(
  app: FastifyInstance,
  webRoot: string | null,
): Promise<(request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>> {
  if (webRoot === null || !existsSync(join(webRoot, 'index.html'))) {
    return async (_request, reply) => reply.type(PLAIN_TEXT).send(NOT_BUILT);
  }
  const root = resolve(webRoot);
  const files = new Representations(root);
  // Its own cache headers would hide those of response-headers.ts.
  await app.register(fastifyStatic, { root, cacheControl: false, serve: false });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    handler: async (request, reply) => {
      const path = decodedPath(request.url);
      if (path === null) return reply.callNotFound();
      return answer(request, reply, path);
    },
    errorHandler: (error, request, reply) => {
      // The client left while it was being answered.
      if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') request.raw.destroy();
      else app.errorHandler(error, request, reply);
    },
  });
  return (request, reply) => answer(request, reply, '/');

  async function answer(request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> {
    const { headers } = request.raw;
    const found = await files.find(path, headers['accept-encoding']);
    if (found === null) return reply.sendFile(path);
    reply.header('vary', 'accept-encoding');
    if (found === 'unacceptable') {
      return reply.code(406).type(PLAIN_TEXT).send('No encoding of this file is one that was asked for.\n');
    }
    reply.header('etag', found.etag);
    const status = statusByConditions(headers, found.etag);
    if (status !== null) return reply.code(status).send();
    leaveRangeOnly(headers, found.etag);
    if (found.coding !== 'identity') reply.header('content-encoding', found.coding);
    return reply.sendFile(found.path, found.root, { etag: false, lastModified: false });
  }
}

/** Null for a path that can't be decoded. */
function decodedPath(url: string): string | null {
  try {
    return decodeURI(url.split(/[?#]/, 1)[0]!);
  } catch {
    return null;
  }
}
