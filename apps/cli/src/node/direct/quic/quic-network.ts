// How this device is dialled, and dials, over QUIC. docs/PROTOCOL.md section 18.
import { isIPv4 } from 'node:net';
import { type DirectNetwork, directMessageLimit, MAX_REACH_ADDRESSES } from '@p2p-copy/core';
import { mayDial } from '../may-dial.ts';
import { isOnLink, OF_A_NETWORK, ownAddresses, toldHosts } from '../own-addresses.ts';
import { QuicChannel } from './quic-channel.ts';
import { QuicEndpoint } from './quic-endpoint.ts';
import { listenByQuic, type QuicPort } from './quic-listener.ts';
import { quicSettings } from './quic-settings.ts';
import {
  isQuinnInstalled,
  loadQuinn,
  type QuinnClient,
  type QuinnConnection,
  type QuinnStream,
} from './quinn-addon.ts';

/** What a network over QUIC is told to do. */
export interface QuicNetworkOptions {
  /** Told when bytes were handed to QUIC. */
  onWritten?(message: Uint8Array<ArrayBuffer>): void;
  /** As of a network over TCP. */
  staysNear?(): boolean;
}

/** The network of this device; undefined where QUIC is not installed. */
export function quicNetwork(options: QuicNetworkOptions = {}): DirectNetwork | undefined {
  return isQuinnInstalled() ? new QuicNetwork(options) : undefined;
}

/** A socket to dial from. */
interface Dialler {
  client: QuinnClient;
  endpoint: QuicEndpoint;
}

class QuicNetwork implements DirectNetwork {
  readonly #onWritten: (message: Uint8Array<ArrayBuffer>) => void;
  readonly #staysNear: () => boolean;
  /** By family. */
  readonly #diallers = new Map<0 | 1, Dialler>();

  constructor({ onWritten = () => {}, staysNear = () => false }: QuicNetworkOptions) {
    this.#onWritten = onWritten;
    this.#staysNear = staysNear;
  }

  load(): void {
    loadQuinn();
  }

  mayDial(address: Parameters<DirectNetwork['mayDial']>[0]): boolean {
    return mayDial(address, ownAddresses()) && this.#isNear(address.host);
  }

  async listen(onChannel: Parameters<DirectNetwork['listen']>[0]): ReturnType<DirectNetwork['listen']> {
    const quinn = loadQuinn();
    const onConnection = (connection: QuinnConnection) => {
      if (this.#isNear(hostOf(connection)))
        onChannel(this.#channelOf(connection, connection.inboundStream(), true));
      else connection.abort();
    };
    const ports = new Map<boolean, QuicPort>();
    for (const host of ['::', '0.0.0.0']) {
      try {
        ports.set(isIPv4(host), listenByQuic(quinn, host, onConnection));
      } catch {
        // A device may lack a family.
      }
    }
    if (ports.size === 0) throw new Error('no UDP port can be opened');
    const addresses = () =>
      toldHosts(ownAddresses(), this.#staysNear() ? OF_A_NETWORK : undefined)
        .flatMap((host) => {
          const port = ports.get(isIPv4(host))?.port;
          return port === undefined ? [] : [{ host, port }];
        })
        .slice(0, MAX_REACH_ADDRESSES);
    return {
      addresses,
      close: () => {
        for (const port of ports.values()) port.close();
      },
    };
  }

  async dial(
    { host, port }: Parameters<DirectNetwork['dial']>[0],
    signal: AbortSignal,
  ): ReturnType<DirectNetwork['dial']> {
    signal.throwIfAborted();
    const { client, endpoint } = this.#dialler(isIPv4(host) ? 0 : 1);
    const dialling = client.outboundConnection(host, port);
    const aborted = new Promise<never>((_, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      dialling.finally(() => signal.removeEventListener('abort', abort)).catch(() => {});
    });
    // A dial can't be taken back: nobody wants what comes of it.
    const drop = (connection: QuinnConnection) => {
      if (signal.aborted || endpoint.isClosed) connection.abort();
    };
    dialling.then(drop, () => {});
    const connection = await Promise.race([dialling, aborted]);
    if (signal.aborted || endpoint.isClosed) throw new Error('nobody wants the connection any more');
    endpoint.hold(connection);
    return this.#channelOf(connection, connection.outboundStream(), false);
  }

  close(): void {
    for (const { endpoint } of this.#diallers.values()) endpoint.close();
    this.#diallers.clear();
  }

  #isNear(host: string): boolean {
    return !this.#staysNear() || isOnLink(host, ownAddresses());
  }

  /** @throws Error where the family has no socket */
  #dialler(family: 0 | 1): Dialler {
    const known = this.#diallers.get(family);
    if (known !== undefined) return known;
    const quinn = loadQuinn();
    const client = new quinn.Client(new quinn.QuinnConfig(quicSettings(0)), family);
    const dialler = { client, endpoint: new QuicEndpoint(() => client.abort()) };
    this.#diallers.set(family, dialler);
    return dialler;
  }

  #channelOf(connection: QuinnConnection, stream: Promise<QuinnStream>, isListener: boolean): QuicChannel {
    return new QuicChannel(connection, stream, {
      isLocal: isOnLink(hostOf(connection), ownAddresses()),
      limitOf: (index) => directMessageLimit(isListener, index),
      onWritten: this.#onWritten,
    });
  }
}

function hostOf(connection: QuinnConnection): string {
  return connection.remoteMultiaddr().split('/')[2]!;
}
