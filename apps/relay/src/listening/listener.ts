// One place where the relay listens. It only takes connections, and hands them to the HTTP server.
import { chmodSync } from 'node:fs';
import { type AddressInfo, type ListenOptions, Server, type Socket } from 'node:net';
import { explainListenError } from '../foundation/relay-error.ts';
import { EVERYWHERE, type ListenAddress, showAddress } from '../settings/addresses.ts';
import { clearStaleSocket } from './unix-socket.ts';

/** Where a listener really listens, also where port 0 was asked for. */
export type BoundAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

export interface ListenerOptions {
  /** Permissions of a unix socket. */
  readonly socketMode: number;
  /** Whether `::` is for IPv6 alone, because another listener has IPv4. */
  readonly isIpv6Only: boolean;
  /** Whether TCP connections speak TLS. */
  readonly isSecure: boolean;
  /** @param isLocal whether it came by a unix socket */
  onConnection(socket: Socket, isLocal: boolean): void;
  /** The system can't hand over a connection: descriptors have run out, or the network has gone. */
  onFault(error: Error): void;
  /** The system dropped a connection from `address`: there are too many. */
  onDrop(address: string): void;
}

export class Listener {
  readonly server: Server;
  readonly bound: BoundAddress;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, bound: BoundAddress, { onConnection }: ListenerOptions) {
    this.server = server;
    this.bound = bound;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      onConnection(socket, bound.kind === 'unix');
    });
  }

  /** @throws RelayError with the system's code, and a sentence that says where and what to do */
  static async open(address: ListenAddress, options: ListenerOptions): Promise<Listener> {
    // As Node makes its own servers for HTTP, and for HTTPS.
    const allowHalfOpen = address.kind === 'unix' || !options.isSecure;
    const server = new Server({ allowHalfOpen, noDelay: true });
    try {
      await listenAt(server, address, options);
    } catch (error) {
      throw explainListenError(error, showAddress(address));
    }
    server.on('error', (error) => options.onFault(error));
    server.on('drop', (dropped) => options.onDrop(dropped?.remoteAddress ?? ''));
    const bound = server.address() as AddressInfo | string;
    return new Listener(
      server,
      typeof bound === 'string'
        ? { kind: 'unix', path: bound }
        : { kind: 'tcp', host: bound.address, port: bound.port },
      options,
    );
  }

  /** Takes no more; those that run go on. */
  stop(): void {
    this.server.close();
  }

  /** Ends all that still runs. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function listenAt(server: Server, address: ListenAddress, options: ListenerOptions): Promise<void> {
  switch (address.kind) {
    case 'descriptor':
      return listen(server, { fd: address.fd } as ListenOptions);
    case 'unix':
      await clearStaleSocket(address.path);
      return listenPrivately(server, address.path, options.socketMode);
    case 'tcp': {
      const { host, port } = address;
      const isForAll = host === EVERYWHERE && !options.isIpv6Only;
      try {
        return await listen(server, { host, port, ipv6Only: options.isIpv6Only });
      } catch (error) {
        if (!isForAll || !hasNoIpv6(error)) throw error;
        return listen(server, { host: '0.0.0.0', port });
      }
    }
  }
}

/** Nobody may connect between the socket's birth and its mode. */
async function listenPrivately(server: Server, path: string, mode: number): Promise<void> {
  const before = tryUmask(0o777);
  try {
    // Bound before this call returns.
    const listening = listen(server, { path });
    if (before !== null) process.umask(before);
    await listening;
  } finally {
    if (before !== null) process.umask(before);
  }
  chmodSync(path, mode);
}

/** Null in a worker thread, which may not change it. */
function tryUmask(mask: number): number | null {
  try {
    return process.umask(mask);
  } catch {
    return null;
  }
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function hasNoIpv6(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}
