// A way to a relay that a test cuts and mends: connections end with RST, new ones are refused, as with a network that goes.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class CutProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(target: URL) {
    this.#server = createServer((end) => {
      if (this.#isCut) return end.resetAndDestroy();
      const relay = connect({ host: target.hostname, port: Number(target.port) });
      for (const socket of [end, relay]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => this.#sockets.delete(socket));
      }
      end.pipe(relay).pipe(end);
      end.on('close', () => relay.destroy());
      relay.on('close', () => end.destroy());
    });
  }

  static async start(relayUrl: string): Promise<CutProxy> {
    const proxy = new CutProxy(new URL(relayUrl));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends all connections; new ones are let through. */
  drop(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Ends all connections, and refuses new ones until `mend`. */
  cut(): void {
    this.#isCut = true;
    this.drop();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
