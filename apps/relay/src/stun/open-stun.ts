// The UDP sockets of the STUN server: one for each address of this machine. One socket for all of them would answer from the
// address that the system's routes choose, and a NAT drops an answer from another address than was asked.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type FollowContext, follow } from '../foundation/follow.ts';
import { explainListenError } from '../foundation/relay-error.ts';
import { EVERYWHERE } from '../settings/addresses.ts';
import type { StunResponder } from './stun-responder.ts';

/** Addresses of this machine at which the server listens; there are machines with thousands. */
export const MAX_STUN_ADDRESSES = 64;

/** A STUN server that runs. */
export interface StunServer {
  /** The port of all its addresses. */
  readonly port: number;
  /** Answers nobody from here on. */
  close(): void;
}

export interface StunPlaces {
  /** IP addresses; `::` is every one that this machine has, of both families. */
  readonly stunHost: readonly string[];
  /** 0 picks a free one; null for no server. */
  readonly stunPort: number | null;
}

export interface StunContext extends FollowContext {
  readonly responder: StunResponder;
  /** A socket failed, and goes on. */
  onFault(error: Error): void;
  /** Every address of this machine, asked again every few seconds. */
  addressesHere?(): readonly string[];
}

/** Attempts to find a port that is free at all addresses. */
const MAX_PICKS = 10;

/**
 * Opens the sockets that the settings ask for; null where they ask for none.
 * @throws RelayError with the system's code, naming the address; none is open then
 */
export async function openStun(places: StunPlaces, context: StunContext): Promise<StunServer | null> {
  const { stunPort } = places;
  if (stunPort === null) return null;
  for (let picks = 1; ; picks += 1) {
    const sockets = new StunSockets(places.stunHost, stunPort, context);
    try {
      await sockets.look();
      return sockets;
    } catch (error) {
      sockets.close();
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (stunPort !== 0 || !isTaken || picks === MAX_PICKS) throw error;
    }
  }
}

class StunSockets implements StunServer {
  readonly #hosts: readonly string[];
  readonly #context: StunContext;
  /** By address. */
  readonly #sockets = new Map<string, Socket>();
  readonly #stopFollowing: () => void;
  #port: number;
  #isClosed = false;

  constructor(hosts: readonly string[], port: number, context: StunContext) {
    this.#hosts = hosts;
    this.#port = port;
    this.#context = context;
    const changes = {
      read: () => this.look(),
      use: () => {},
      unusable: 'the STUN server does not answer at one of this machine’s addresses',
      isOn: () => hosts.includes(EVERYWHERE),
    };
    this.#stopFollowing = follow(changes, context).stop;
  }

  get port(): number {
    return this.#port;
  }

  close(): void {
    this.#isClosed = true;
    this.#stopFollowing();
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  /**
   * Listens at addresses that are new, and no more at those that are gone.
   * @throws RelayError for the first that can't be listened at, after all others
   */
  async look(): Promise<void> {
    const wanted = this.#addresses();
    for (const [address, socket] of this.#sockets) {
      if (wanted.has(address)) continue;
      socket.close();
      this.#sockets.delete(address);
    }
    const faults: unknown[] = [];
    for (const address of wanted) {
      if (this.#isClosed || this.#sockets.has(address)) continue;
      await this.#open(address).catch((fault) => faults.push(fault));
    }
    if (faults.length > 0) throw faults[0];
  }

  #addresses(): Set<string> {
    const { addressesHere = machineAddresses } = this.#context;
    const all = this.#hosts.flatMap((host) => (host === EVERYWHERE ? addressesHere() : [host]));
    return new Set(all.slice(0, MAX_STUN_ADDRESSES));
  }

  async #open(address: string): Promise<void> {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', ipv6Only: isIPv6(address) });
    const listening = once(socket, 'listening');
    try {
      socket.bind({ address, port: this.#port });
      await listening;
    } catch (error) {
      socket.close();
      // An address that has just come isn't usable yet, or has gone again.
      if (!this.#hosts.includes(address) && hasCode(error, 'EADDRNOTAVAIL')) return;
      throw explainListenError(error, `${isIPv6(address) ? `[${address}]` : address}:${this.#port} (UDP)`);
    }
    if (this.#isClosed) {
      socket.close();
      return;
    }
    const { responder, onFault } = this.#context;
    socket.on('error', onFault);
    socket.on('message', (datagram, from) => {
      // Nothing can be sent to port 0.
      if (from.port > 0) responder.take(datagram, from.address, from.port, socket);
    });
    this.#sockets.set(address, socket);
    this.#port = socket.address().port;
  }
}

/** Without those that hold on one link only. */
function machineAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses.map(({ address }) => address))
    .filter((address) => !/^fe[89ab].:/i.test(address));
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
