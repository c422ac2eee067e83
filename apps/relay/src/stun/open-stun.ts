// The UDP sockets of the STUN server: one for each address, all at one port.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { explainListenError } from '../foundation/relay-error.ts';
import { EVERYWHERE } from '../settings/addresses.ts';
import type { StunResponder } from './stun-responder.ts';

/** A STUN server that runs. */
export interface StunServer {
  /** The port of all its addresses. */
  readonly port: number;
  /** Where it listens: `stun:[::]:3478`. */
  readonly addresses: readonly string[];
  /** Answers nobody from here on. */
  close(): void;
}

export interface StunAddresses {
  /** IP addresses; `::` is every one of both families. */
  readonly stunHost: readonly string[];
  /** 0 picks a free one; null for no server. */
  readonly stunPort: number | null;
}

export interface StunHandlers {
  readonly responder: StunResponder;
  /** A socket failed, and goes on. */
  onFault(error: Error): void;
}

/** Of a port that the system picked, when another family has it taken. */
const MAX_PICKS = 10;

/**
 * Opens the sockets that the settings ask for; null where they ask for none.
 * @throws RelayError with the system's code, naming the address; none is open then
 */
export async function openStun(settings: StunAddresses, handlers: StunHandlers): Promise<StunServer | null> {
  const { stunHost, stunPort } = settings;
  if (stunPort === null) return null;
  for (let picks = 1; ; picks += 1) {
    try {
      return await openAll(hostsOf(stunHost), stunPort, handlers);
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (stunPort !== 0 || !isTaken || picks === MAX_PICKS) throw error;
    }
  }
}

/** Each once, with both families of `::`. */
function hostsOf(stunHost: readonly string[]): string[] {
  return [...new Set(stunHost.flatMap((host) => (host === EVERYWHERE ? [host, '0.0.0.0'] : [host])))];
}

async function openAll(hosts: readonly string[], asked: number, handlers: StunHandlers): Promise<StunServer> {
  const sockets: Socket[] = [];
  const close = () => {
    for (const socket of sockets) socket.close();
  };
  let port = asked;
  try {
    for (const host of hosts) {
      const socket = await open(host, port, handlers);
      if (socket === null) continue;
      sockets.push(socket);
      ({ port } = socket.address());
    }
  } catch (error) {
    close();
    throw error;
  }
  const addresses = sockets.map((socket) => `stun:${shown(socket.address().address)}:${port}`);
  return { port, addresses, close };
}

/** Null where `::` is asked for and the machine has no IPv6. */
async function open(host: string, port: number, handlers: StunHandlers): Promise<Socket | null> {
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', ipv6Only: isIPv6(host) });
  try {
    const listening = once(socket, 'listening');
    socket.bind({ address: host, port });
    await listening;
  } catch (error) {
    socket.close();
    if (host === EVERYWHERE && hasNoIpv6(error)) return null;
    throw explainListenError(error, `${shown(host)}:${port} (UDP)`);
  }
  socket.on('error', handlers.onFault);
  socket.on('message', (datagram, from) => {
    // Nothing can be sent to port 0.
    if (from.port > 0) handlers.responder.take(datagram, from.address, from.port, socket);
  });
  return socket;
}

function shown(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

function hasNoIpv6(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}
