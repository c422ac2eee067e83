// HTTP lets a client send requests before the last one is answered, and one read from its socket brings thousands. Each
// costs kilobytes until its answer is taken, so a client that takes none is cut.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export function boundPipelining(server: Server, maxUnanswered: number): void {
  const unanswered = new WeakMap<Socket, number>();
  const next = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (count > maxUnanswered) socket.destroy();
    if (socket.destroyed) return;
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, unanswered.get(socket)! - 1));
    for (const listener of next) listener.call(server, request, response);
  });
}
