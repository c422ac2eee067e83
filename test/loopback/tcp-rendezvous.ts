// A rendezvous without a relay: the sender listens on a loopback port, and a receiver that connects says first under which
// key it wants to meet. An empty message answers it once the sender is there.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { TcpChannel } from '../../apps/cli/src/node/direct/tcp-channel.ts';
import {
  type Channel,
  type HeldNameplate,
  type Rendezvous,
  TransferError,
} from '../../packages/core/src/index.ts';

const NAMEPLATE = '7';

/** The sender's side. */
export class TcpHost implements Rendezvous {
  readonly #server: Server;
  readonly #guests = new Map<string, Channel>();
  readonly #waiting = new Map<string, (guest: Channel) => void>();
  #isAllocated = false;
  readonly stunUrl = null;
  /** Connections that stand, and how many there were. */
  readonly sockets = new Set<Socket>();
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => void this.#welcome(socket));
  }

  static async listen(): Promise<TcpHost> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new TcpHost(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async meet(key: string, _role: string, signal: AbortSignal): Promise<Channel> {
    const guest = await this.#guest(key, signal);
    guest.send(new Uint8Array(0));
    return guest;
  }

  readonly nameplates = {
    allocate: async (_chosen: string | null, signal: AbortSignal): Promise<HeldNameplate> => {
      this.#isAllocated = true;
      const closing = new AbortController();
      const until = AbortSignal.any([signal, closing.signal]);
      return {
        digits: NAMEPLATE,
        reclaim: () => Promise.resolve(),
        nextJoiner: () => this.meet(NAMEPLATE, 'sender', until),
        release: () => {
          this.#isAllocated = false;
        },
        close: async () => {
          this.#isAllocated = false;
          closing.abort();
        },
      };
    },
    join: () => Promise.reject(new TransferError('unknown-code')),
  };

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #welcome(socket: Socket): Promise<void> {
    this.connections += 1;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    const guest = new TcpChannel(socket);
    const first = await guest.receive();
    if (first.kind === 'closed') return;
    const key = Buffer.from(first.bytes).toString();
    if (key.length < 10 && !this.#isAllocated) return guest.close();
    const host = this.#waiting.get(key);
    if (host !== undefined) return host(guest);
    this.#guests.get(key)?.close();
    this.#guests.set(key, guest);
  }

  #guest(key: string, signal: AbortSignal): Promise<Channel> {
    const guest = this.#guests.get(key);
    this.#guests.delete(key);
    if (guest !== undefined) return Promise.resolve(guest);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.delete(key);
        reject(new TransferError('interrupted'));
      };
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) return abort();
      this.#waiting.set(key, (channel) => {
        this.#waiting.delete(key);
        signal.removeEventListener('abort', abort);
        resolve(channel);
      });
    });
  }
}

/** The receiver's side: connects to the sender's port. */
export function tcpGuest(port: number): Rendezvous {
  const meet = async (key: string, _role: string, signal: AbortSignal): Promise<Channel> => {
    const channel = await dial(port);
    const giveUp = () => channel.terminate();
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    channel.send(Buffer.from(key));
    const answer = await channel.receive();
    signal.removeEventListener('abort', giveUp);
    if (answer.kind === 'message') return channel;
    throw new TransferError(
      answer.why === 'peer-left' && key.length < 10 ? 'unknown-code' : 'connection-lost',
    );
  };
  const join = (nameplate: string, signal: AbortSignal) => meet(nameplate, 'receiver', signal);
  const allocate = () => Promise.reject(new TransferError('code-taken'));
  return { meet, nameplates: { join, allocate }, stunUrl: null };
}

/** Two ends of one TCP connection. */
export async function tcpPair(): Promise<{ ends: [Channel, Channel]; cut: () => void; close: () => void }> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const dialled = await dial((server.address() as AddressInfo).port);
  const [socket] = await accepted;
  return {
    ends: [new TcpChannel(socket), dialled],
    cut: () => socket.resetAndDestroy(),
    close: () => server.close(),
  };
}

async function dial(port: number): Promise<TcpChannel> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new TransferError('relay-unreachable', undefined, { cause });
  }
  return new TcpChannel(socket);
}
