// WebRTC between this device and others, by an addon that is loaded when the first connection is made. docs/PROTOCOL.md section 18.
import {
  type RtcConnection,
  type RtcConnectionOptions,
  type RtcDataChannel,
  type RtcDescription,
  type RtcNetwork,
  readSessionDescription,
  sessionDescription,
} from '@p2p-copy/core';
import ipaddr from 'ipaddr.js';
import type { IceServer, PeerConnection } from 'node-datachannel';
import { mayDial } from '../may-dial.ts';
import { isOnLink, ownAddresses } from '../own-addresses.ts';
import { hasDataChannelAddon, loadDataChannelAddon } from './datachannel-addon.ts';
import { NodeDataChannel } from './node-data-channel.ts';

/** Of a channel that nobody uses: an offer of data channels needs one. No other channel takes it. */
const UNUSED_ID = 1021;
/** States of a connection that doesn't come back. */
const LOST: readonly string[] = ['failed', 'closed'];

/** What WebRTC on this device is told to do. */
export interface RtcNetworkOptions {
  /** Whether a proxy is the way to all other networks. No connection is made then, since its checks would go around the proxy. */
  staysNear?(): boolean;
}

/** WebRTC on this device; null where the addon isn't installed. */
export function rtcNetwork({ staysNear = () => false }: RtcNetworkOptions = {}): RtcNetwork | null {
  if (!hasDataChannelAddon()) return null;
  return {
    // The addon asks the system for a name that hides an address, which mostly can't tell: that end has to find this one.
    mayReach: ({ host, port }) => ipaddr.isValid(host) && mayDial({ host, port }, ownAddresses()),
    offer: (options) => new NodeRtcConnection(null, options, staysNear),
    answer: (offer, options) => new NodeRtcConnection(offer, options, staysNear),
  };
}

class NodeRtcConnection implements RtcConnection {
  readonly #offer: RtcDescription | null;
  readonly #options: RtcConnectionOptions;
  readonly #staysNear: () => boolean;
  readonly #channels = new Set<NodeDataChannel>();
  #connection: PeerConnection | null = null;
  #isClosed = false;
  #wakers: (() => void)[] = [];

  constructor(offer: RtcDescription | null, options: RtcConnectionOptions, staysNear: () => boolean) {
    this.#offer = offer;
    this.#options = options;
    this.#staysNear = staysNear;
  }

  async describe(signal: AbortSignal): Promise<RtcDescription> {
    if (this.#staysNear()) throw new Error('a proxy is the way to other networks');
    const { PeerConnection } = await loadDataChannelAddon();
    if (this.#isClosed) throw new Error('the connection was closed');
    const connection = new PeerConnection('p2p-copy', {
      iceServers: this.#options.stunUrls.flatMap(stunServer),
    });
    this.#connection = connection;
    connection.onStateChange(() => this.#noteState());
    connection.onGatheringStateChange(() => this.#wake());
    connection.onDataChannel((channel) => this.#options.onChannel(this.#opened(channel)));
    // Without it nothing is gathered.
    connection.onLocalDescription(() => this.#wake());
    if (this.#offer === null) {
      connection.createDataChannel('unused', { negotiated: true, id: UNUSED_ID });
      connection.setLocalDescription();
    } else {
      connection.setRemoteDescription(sessionDescription(this.#offer, 'offer'), 'offer');
    }
    const isGathered = () => connection.gatheringState() === 'complete' || signal.aborted;
    while (!this.#isClosed && (connection.localDescription() === null || !isGathered()))
      await this.#change(signal);
    if (this.#isClosed) throw new Error('the connection was closed');
    return readSessionDescription(connection.localDescription()!.sdp);
  }

  async accept(answer: RtcDescription): Promise<void> {
    this.#connection?.setRemoteDescription(sessionDescription(answer, 'answer'), 'answer');
  }

  async open(signal: AbortSignal): Promise<RtcDataChannel> {
    const connection = this.#connection;
    if (connection === null || this.#isClosed) throw new Error('the connection was closed');
    const channel = connection.createDataChannel('lane');
    channel.onOpen(() => this.#wake());
    while (!channel.isOpen()) {
      if (!this.#isClosed && !signal.aborted) await this.#change(signal);
      if (channel.isOpen() || (!this.#isClosed && !signal.aborted)) continue;
      channel.close();
      throw new Error('no data channel was opened');
    }
    return this.#opened(channel);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const channel of this.#channels) channel.close();
    this.#connection?.close();
    this.#wake();
  }

  #opened(channel: Parameters<Parameters<PeerConnection['onDataChannel']>[0]>[0]): NodeDataChannel {
    const remote = this.#connection?.getSelectedCandidatePair()?.remote.address;
    const isLocal = remote !== undefined && isOnLink(remote, ownAddresses());
    const opened: NodeDataChannel = new NodeDataChannel(
      channel,
      isLocal,
      () => void this.#channels.delete(opened),
    );
    this.#channels.add(opened);
    return opened;
  }

  #noteState(): void {
    this.#wake();
    if (this.#isClosed || !LOST.includes(this.#connection!.state())) return;
    this.#isClosed = true;
    for (const channel of this.#channels) channel.markClosed();
    this.#connection!.close();
    this.#wake();
    this.#options.onLost();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        signal.removeEventListener('abort', finish);
        resolve();
      };
      this.#wakers.push(finish);
      signal.addEventListener('abort', finish, { once: true });
    });
  }

  #wake(): void {
    for (const resolve of this.#wakers.splice(0)) resolve();
  }
}

/** A STUN server for the addon, which takes no URL with an IPv6 address. None for what is no such URL. */
function stunServer(url: string): IceServer[] {
  const [, hostname, port] = /^stun:\[?([^[\]/?#]+?)\]?:(\d+)$/.exec(url) ?? [];
  return hostname === undefined ? [] : [{ hostname, port: Number(port) }];
}
