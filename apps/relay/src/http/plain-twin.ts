// Beside a server with TLS one without: for unix sockets, and for what plain-http.ts answers.
import { createServer, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { TIMELY } from './server-timeouts.ts';

/** Hands its requests to `server`, which answers them as its own. */
export function plainTwin(server: SecureServer): Server {
  const twin = createServer(TIMELY);
  for (const name of ['request', 'upgrade', 'clientError', 'checkContinue', 'checkExpectation'] as const) {
    if (server.listenerCount(name) === 0) continue;
    twin.on(name, (...rest: unknown[]) => server.emit(name, ...rest));
  }
  return twin;
}
