// How this device is dialled, and dials, over TCP. docs/PROTOCOL.md section 18.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import {
  type DirectAddress,
  type DirectListener,
  type DirectNetwork,
  directMessageLimit,
  MAX_REACH_ADDRESSES,
} from '@p2p-copy/core';
import ipaddr from 'ipaddr.js';
import { mayDial } from './may-dial.ts';
import { isOnLink, OF_A_NETWORK, ownAddresses, toldHosts } from './own-addresses.ts';
import { TcpChannel } from './tcp-channel.ts';

/** What a network over TCP is told to do. */
export interface TcpNetworkOptions {
  /** Told when bytes were handed to the system. */
  onWritten?(message: Uint8Array<ArrayBuffer>): void;
  /** Whether it keeps to the networks that this device is on, since a proxy is the way to all others. Default: no. */
  staysNear?(): boolean;
}

/** The network of this device. */
export function tcpNetwork({
  onWritten = () => {},
  staysNear = () => false,
}: TcpNetworkOptions = {}): DirectNetwork {
  const isNear = (host: string) => !staysNear() || isOnLink(host, ownAddresses());
  const channelOf = (socket: Socket, isListener: boolean): TcpChannel => {
    socket.setNoDelay(true);
    const remote = socket.remoteAddress;
    return new TcpChannel(socket, {
      isLocal: remote !== undefined && isOnLink(remote, ownAddresses()),
      limitOf: (index) => directMessageLimit(isListener, index),
      onWritten,
    });
  };
  return {
    mayDial: (address) => mayDial(address, ownAddresses()) && isNear(address.host),
    async dial(address, signal) {
      return channelOf(await connected(address, signal), false);
    },
    async listen(onChannel): Promise<DirectListener> {
      const server = createServer((socket) => {
        if (isNear(socket.remoteAddress ?? '')) onChannel(channelOf(socket, true));
        else socket.destroy();
      });
      const isDual = await listenOnAll(server);
      // Where the system has no room for another socket, who dials isn't heard, and nothing else happens.
      server.on('error', () => {});
      server.unref();
      const { port } = server.address() as AddressInfo;
      const addresses = () =>
        toldHosts(ownAddresses(), staysNear() ? OF_A_NETWORK : undefined)
          .filter((host) => isDual || ipaddr.IPv4.isValid(host))
          .slice(0, MAX_REACH_ADDRESSES)
          .map((host) => ({ host, port }));
      return { addresses, close: () => void server.close() };
    },
  };
}

/** Resolves with whether it listens by both families, or by IPv4 where this device has nothing else. */
async function listenOnAll(server: Server): Promise<boolean> {
  try {
    await listening(server, '::');
    return true;
  } catch {
    await listening(server, '0.0.0.0');
    return false;
  }
}

async function listening(server: Server, host: string): Promise<void> {
  server.listen({ host, port: 0, exclusive: true });
  await once(server, 'listening');
}

async function connected({ host, port }: DirectAddress, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: false });
  // Every failure is told to whoever awaits the connection.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
