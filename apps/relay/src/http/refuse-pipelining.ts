// HTTP lets a client send requests before the last one is answered, and one read from its socket brings thousands, each
// with an open file of the page. No client of today does so: one that does is cut.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export function refusePipelining(server: Server): void {
  const busy = new WeakSet<Socket>();
  const next = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (busy.has(socket)) socket.destroy();
    if (socket.destroyed) return;
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
    for (const listener of next) listener.call(server, request, response);
  });
}
