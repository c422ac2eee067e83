// Port: WebRTC's data channels as a platform has them. The session description is made of parts that were checked one by one, never
// taken from the other end. docs/PROTOCOL.md section 18.
import type { Bytes } from '../foundation/bytes.ts';

/** The threshold below which the queue of a data channel has room: its `bufferedAmountLowThreshold`. */
export const RTC_LOW_BYTES = 256 * 1024;

/** A UDP candidate of ICE. */
export interface RtcCandidate {
  /** An IP address, or the `.local` name under which a browser hides one of its own network. */
  host: string;
  /** 1024 to 65535. */
  port: number;
  /** `srflx`: as a STUN server sees it. */
  type: 'host' | 'srflx';
}

/** What one end tells of its connection. */
export interface RtcDescription {
  ufrag: string;
  password: string;
  /** SHA-256 of the certificate that DTLS is to show. 32 bytes. */
  fingerprint: Bytes;
  candidates: readonly RtcCandidate[];
}

/** Hears of one data channel. Nothing is told before it is given, and nothing after `onClosed`. */
export interface RtcChannelHooks {
  /** The bytes belong to the hook. */
  onMessage(bytes: Bytes): void;
  /** `bufferedAmount` has fallen to RTC_LOW_BYTES. */
  onLow(): void;
  /** Told once, whoever closed it, and also where the connection is lost. */
  onClosed(): void;
}

/** An open data channel: ordered and reliable. */
export interface RtcDataChannel {
  /** Whether the other end is on a network that this device is on itself. */
  readonly isLocal: boolean;
  /** Called once. What arrived before is told at once. */
  attach(hooks: RtcChannelHooks): void;
  /** Queues a message of 1 to 65,536 bytes, which the channel may keep. No-op once closed. */
  send(message: Bytes): void;
  /** Bytes that are queued; 0 once closed. */
  readonly bufferedAmount: number;
  /** Closes it; what is queued may be lost. */
  close(): void;
}

/** What a connection is given, and whom it tells. */
export interface RtcConnectionOptions {
  /** URLs of STUN servers, such as `stun:copy.example.org:3478`; none where nobody is to be asked. */
  stunUrls: readonly string[];
  /** The other end has opened a data channel. */
  onChannel(channel: RtcDataChannel): void;
  /** The connection is lost for good, and its channels with it. Not told after `close`. */
  onLost(): void;
}

/** One RTCPeerConnection. */
export interface RtcConnection {
  /**
   * Gathers candidates, and resolves with what the other end is to be told: when all are gathered, or with those so far when `signal`
   * is aborted. Called once. A name or an address that is of no use to others may be among them.
   * @throws Error where this device can't
   */
  describe(signal: AbortSignal): Promise<RtcDescription>;
  /** Takes the answer, at the end that made the offer. @throws Error where this device can't */
  accept(answer: RtcDescription): Promise<void>;
  /** Opens a data channel. @throws Error where the connection is lost, or `signal` is aborted */
  open(signal: AbortSignal): Promise<RtcDataChannel>;
  /** Closes the connection and its channels. */
  close(): void;
}

/** How a device makes WebRTC connections. */
export interface RtcNetwork {
  /** Whether checks may be sent to a candidate of the other end, beside the rules for every device. */
  mayReach(candidate: RtcCandidate): boolean;
  offer(options: RtcConnectionOptions): RtcConnection;
  /** @param offer of the other end; its candidates have been checked */
  answer(offer: RtcDescription, options: RtcConnectionOptions): RtcConnection;
}
