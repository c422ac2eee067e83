// Stands before the server at each TCP connection, so that silent connections, open handshakes and page loads of one
// address leave room for others. What has become a WebSocket counts in limits/connection-limits.ts.
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { addressBlock } from '../limits/address-block.ts';
import { BlockCounter } from '../limits/block-counter.ts';
import type { BlockedNetworks } from '../limits/blocked-networks.ts';
import type { TrustedProxies } from '../limits/trusted-proxies.ts';

export interface TcpCaps {
  maxConnections: number;
  maxPageConnections: number;
  maxPageConnectionsPerAddress: number;
  maxPageConnectionsPerSite: number;
}

export class TcpGate {
  readonly #caps: TcpCaps;
  readonly #proxies: TrustedProxies;
  readonly #blocked: Pick<BlockedNetworks, 'has'>;
  readonly #onRefused: (reason: 'tcp-cap' | 'blocked', address: string) => void;
  readonly #blocks: BlockCounter;
  /** Address of each connection that counts, by the ports that tell it from others: TLS hides its TCP socket. */
  readonly #counted = new Map<string, string>();
  /** They came by a unix socket: who may open one is a matter of its permissions, so they count in all only. */
  readonly #local = new WeakSet<Duplex>();
  #open = 0;

  constructor(
    caps: TcpCaps,
    proxies: TrustedProxies,
    blocked: Pick<BlockedNetworks, 'has'>,
    onRefused: (reason: 'tcp-cap' | 'blocked', address: string) => void,
  ) {
    this.#caps = caps;
    this.#proxies = proxies;
    this.#blocked = blocked;
    this.#onRefused = onRefused;
    this.#blocks = new BlockCounter(() => ({
      perAddress: caps.maxPageConnectionsPerAddress,
      perSite: caps.maxPageConnectionsPerSite,
    }));
  }

  /** Sockets of all kinds at once, over all places where the relay listens. */
  get maxOpen(): number {
    return this.#caps.maxConnections + this.#caps.maxPageConnections;
  }

  /** Puts itself before what `server` does with a connection. */
  guard(server: Server): void {
    const next = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (!this.#admit(socket)) return;
      for (const listener of next) listener.call(server, socket);
    });
  }

  /** Tells, before the server hears of it, that `socket` came by a unix socket. */
  markLocal(socket: Duplex): void {
    this.#local.add(socket);
  }

  isLocal(stream: Duplex): boolean {
    return this.#local.has(stream);
  }

  /** `stream` has become a WebSocket, which counts elsewhere. */
  release(stream: Duplex): void {
    this.#forget(nameOf(stream as Socket));
  }

  #admit(socket: Socket): boolean {
    const reason = this.#open >= this.maxOpen ? 'tcp-cap' : this.#enter(socket);
    if (reason !== null) return this.#refuse(socket, reason);
    this.#open += 1;
    socket.once('close', () => {
      this.#open -= 1;
    });
    return true;
  }

  /** Counts it at its address; why not, where that is blocked or has no room. */
  #enter(socket: Socket): 'tcp-cap' | 'blocked' | null {
    if (this.#local.has(socket)) return null;
    // One proxy brings everybody's connections.
    const { remoteAddress } = socket;
    if (remoteAddress !== undefined && this.#proxies.has(remoteAddress)) return null;
    if (remoteAddress === undefined) return 'tcp-cap';
    if (this.#blocked.has(remoteAddress)) return 'blocked';
    const address = addressBlock(remoteAddress);
    if (!this.#blocks.hasRoom(address)) return 'tcp-cap';
    const name = nameOf(socket);
    this.#blocks.enter(address);
    this.#counted.set(name, address);
    socket.once('close', () => this.#forget(name));
    return null;
  }

  /** Without a word, and without a state that the system would keep for it. */
  #refuse(socket: Socket, reason: 'tcp-cap' | 'blocked'): false {
    socket.on('error', () => {});
    if (this.#local.has(socket)) socket.destroy();
    else socket.resetAndDestroy();
    this.#onRefused(reason, socket.remoteAddress ?? '');
    return false;
  }

  #forget(name: string): void {
    const address = this.#counted.get(name);
    if (address === undefined) return;
    this.#counted.delete(name);
    this.#blocks.leave(address);
  }
}

function nameOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
