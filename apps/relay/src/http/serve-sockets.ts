// The paths that become WebSockets: pairing, rooms, and the classic wire at the path of the page.
import { RELAY_SOCKET_PATH, ROOMS_SOCKET_PATH } from '@p2p-copy/core/relay-protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Dialect } from '../dialects/dialect.ts';
import { own } from '../dialects/own.ts';
import { CLASSIC_SOCKET_PATH, loadClassic } from './load-classic.ts';

type Request = Pick<FastifyRequest, 'headers' | 'socket'>;

export interface SocketTakers {
  pair(socket: WebSocket, request: Request, dialect: Dialect): void;
  visit(socket: WebSocket, request: Request): void;
  /** Answers a request for the page. */
  answerWithPage(request: FastifyRequest, reply: FastifyReply): unknown;
}

export function serveSockets(app: FastifyInstance, { pair, visit, answerWithPage }: SocketTakers): void {
  serveAt(RELAY_SOCKET_PATH, (socket, request) => pair(socket, request, own));
  serveAt(ROOMS_SOCKET_PATH, visit);
  let classic: Dialect | null = null;
  app.route({
    method: 'GET',
    url: CLASSIC_SOCKET_PATH,
    handler: (request, reply) => answerWithPage(request, reply),
    preHandler: async ({ ws }) => {
      if (ws) classic ??= await loadClassic();
    },
    wsHandler: (socket, request) => pair(socket, request, classic!),
  });

  function serveAt(url: string, take: (socket: WebSocket, request: Request) => void): void {
    app.route({
      method: 'GET',
      url,
      handler: (_request, reply) =>
        reply
          .code(426)
          .header('upgrade', 'websocket')
          .type('text/plain; charset=utf-8')
          .send('This path speaks WebSocket only.\n'),
      wsHandler: (socket, request) => take(socket, request),
    });
  }
}
