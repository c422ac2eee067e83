// Port: the network as a device sees it that can be dialled, and dial, without a relay. docs/PROTOCOL.md section 18.
import type { Channel } from './channel.ts';

/** Where a listener can be dialled. */
export interface DirectAddress {
  /** An IP address. */
  host: string;
  /** 1024 to 65535. */
  port: number;
}

/** A channel that no relay carries. Before the handshake is through it takes messages of `directMessageLimit` only. */
export interface DirectChannel extends Channel {
  /** Whether the other end is on a network that this device is on itself. */
  readonly isLocal: boolean;
}

/** A port that others may dial. */
export interface DirectListener {
  /** Where it can be dialled now, the likeliest first. */
  addresses(): readonly DirectAddress[];
  /** Takes nobody from here on. Channels that were taken stay. */
  close(): void;
}

/** How a device is dialled, and dials. */
export interface DirectNetwork {
  /**
   * Loads what it needs, now rather than when it is used first.
   * @throws Error where this device can't
   */
  load?(): void;
  /**
   * Opens a port on every interface.
   * @param onChannel told of whoever dials
   * @throws Error where this device can't listen
   */
  listen(onChannel: (channel: DirectChannel) => void): Promise<DirectListener>;
  /** Whether an address that the other end names may be dialled. */
  mayDial(address: DirectAddress): boolean;
  /** @throws Error when nobody answers, or `signal` is aborted */
  dial(address: DirectAddress, signal: AbortSignal): Promise<DirectChannel>;
  /** Gives back what dialling took, once a transfer has ended. Channels that were dialled stay. */
  close?(): void;
}
