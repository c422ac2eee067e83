// HTTP lets a client send requests before the last one is answered, and one read from its socket brings thousands, each
// with an open file of the page. No client of today does so: one that does is cut. So is one that asks for a WebSocket
// meanwhile: Node lets go of its socket then, and nothing else would end it.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Puts itself before what listens to the requests of `server` now. */
export function refusePipelining(server: Server): void {
  const busy = new WeakSet<Socket>();
  for (const name of ['request', 'upgrade'] as const) {
    const next = server.listeners(name);
    server.removeAllListeners(name);
    server.on(name, (request: IncomingMessage, ...rest: unknown[]) => {
      const { socket } = request;
      if (busy.has(socket)) socket.destroy();
      if (socket.destroyed) return;
      if (name === 'request') {
        busy.add(socket);
        (rest[0] as ServerResponse).once('close', () => busy.delete(socket));
      }
      for (const listener of next) listener.call(server, request, ...rest);
    });
  }
}
