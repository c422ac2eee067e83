// Stands between a receiver and the relay: counts the bytes that come down, and holds them back from a point on.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface MeteredProxy {
  url: string;
  /** Bytes that came down so far. */
  readonly downBytes: number;
  /** Resolves when `bytes` have come down over connections from now on; nothing passes after them until `release`. */
  holdAfter(bytes: number): Promise<void>;
  release(): void;
}

export async function startMeteredProxy(relayUrl: string): Promise<MeteredProxy> {
  const sockets = new Set<Socket>();
  let [downBytes, limit] = [0, Number.POSITIVE_INFINITY];
  /** Since `holdAfter`, which was called `holds` times: what older connections still bring is no part of it. */
  let [newBytes, holds] = [0, 0];
  let onHeld = () => {};
  const server = createServer((client) => {
    const { hostname, port } = new URL(relayUrl);
    const upstream = connect(Number(port), hostname);
    const hold = holds;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        // What has come down was counted, so it goes on.
        if (other === client) client.end();
        else other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (piece) => {
      downBytes += piece.length;
      client.write(piece);
      if (hold !== holds) return;
      newBytes += piece.length;
      if (newBytes < limit) return;
      upstream.pause();
      onHeld();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get downBytes() {
      return downBytes;
    },
    holdAfter(bytes) {
      [newBytes, limit] = [0, bytes];
      holds += 1;
      return new Promise((resolve) => {
        onHeld = resolve;
      });
    },
    release() {
      limit = Number.POSITIVE_INFINITY;
      for (const socket of sockets) socket.resume();
    },
  };
}
