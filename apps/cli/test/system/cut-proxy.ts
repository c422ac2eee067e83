// Stands between an end and the relay: cuts its connections, and refuses others until it is let through again.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface CutProxy {
  url: string;
  /** Cuts all connections, and every later one at once. */
  cut(): void;
  /** Lets later ones through, to the relay at that address if one is given. */
  letThrough(relayUrl?: string): void;
}

export async function startCutProxy(relayUrl: string): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  let [target, isCut] = [relayUrl, false];
  const server = createServer((client) => {
    client.on('error', () => {});
    if (isCut) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(target);
    const upstream = connect(Number(port), hostname);
    upstream.on('error', () => {});
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    letThrough(relay = target) {
      [target, isCut] = [relay, false];
    },
  };
}
