// The ways of one transfer that no relay carries: the port of this end, that of the other, and WebRTC. docs/PROTOCOL.md section 18.
import { deriveDialKey } from '../crypto/derive-keys.ts';
import { type Bytes, randomBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { DirectNetwork } from '../ports/direct-network.ts';
import type { Path } from '../ports/path.ts';
import type { Role } from '../ports/rendezvous.ts';
import type { RtcNetwork } from '../ports/rtc-network.ts';
import { DIRECT, WEBRTC } from '../wire/greeting.ts';
import type { Reach } from '../wire/reach-record.ts';
import { Dialling } from './dialling.ts';
import { Listening } from './listening.ts';
import { RtcWay } from './rtc-way.ts';

const NONCE_BYTES = 16;

/** A channel on which a handshake of a lane may begin. */
export interface DirectWay {
  channel: Channel;
  path: Path;
  /** To be called when the other end has proved itself on it. */
  onProved(): void;
}

/** What direct ways need. */
export interface DirectWaysContext {
  /** Null where this device can't be dialled, and can't dial. */
  network: DirectNetwork | null;
  /** Null where this device has no WebRTC. */
  rtc: RtcNetwork | null;
  clock: Clock;
  bulk: BulkCrypto;
  role: Role;
  /** Whether content is to take them alone. */
  only: boolean;
}

/** The direct ways of one transfer, over all its sessions. */
export class DirectWays {
  readonly #context: DirectWaysContext;
  readonly #dialling: Dialling | null;
  /** Null where this device has no WebRTC. */
  readonly rtc: RtcWay | null;
  #listening: Listening | null = null;
  #own: Promise<Bytes> | null = null;
  #opening: Promise<void> | null = null;
  #theirs: Reach | null = null;
  /** Whether both ends of the present session know TCP, */
  #isTcp = false;
  /** and whether its offer is accepted. */
  #isBegun = false;
  #isClosed = false;

  constructor(context: DirectWaysContext) {
    this.#context = context;
    const { network, rtc, clock, bulk, role } = context;
    this.#dialling = network === null ? null : new Dialling({ network, clock, bulk, role });
    this.rtc = rtc === null ? null : new RtcWay({ ...context, network: rtc });
  }

  /** What this end can do. */
  get features(): string[] {
    const { network, rtc } = this.#context;
    return [...(network === null ? [] : [DIRECT]), ...(rtc === null ? [] : [WEBRTC])];
  }

  /** Whether an offer is accepted, and the other end has said where it can be reached. */
  get isKnown(): boolean {
    return this.#isBegun && this.#theirs !== null;
  }

  /** Whether this end wants content to take these alone. */
  get isOwnOnly(): boolean {
    return this.#context.only;
  }

  /** Whether one of the ends wants content to take these alone. */
  get isOnly(): boolean {
    return this.#context.only || this.#theirs?.only === true;
  }

  /** Whether WebRTC is all that both ends know: it is judged before it carries content, and the relay goes first. */
  get isWebrtcAlone(): boolean {
    return !this.#isTcp;
  }

  /**
   * Another session begins, in which nothing is accepted yet, and of which the other end may be another process.
   * @param features of both ends. @param stunUrls of STUN servers that may be asked
   * @returns whether there is a way that both ends know
   */
  beginSession(features: readonly string[], stunUrls: readonly string[]): boolean {
    this.#isBegun = false;
    this.#theirs = null;
    this.#dialling?.forget();
    this.#isTcp = this.#dialling !== null && features.includes(DIRECT);
    const isRtc = this.rtc !== null && features.includes(WEBRTC);
    this.rtc?.beginSession(isRtc, stunUrls);
    // Where there may be other ways it comes after them.
    if (isRtc && !this.#isTcp) this.rtc!.prepare();
    return this.#isTcp || isRtc;
  }

  /** An offer is accepted: opens the port, once in a transfer, and resolves with what the other end is to be told. */
  async open(transferSecret: Bytes): Promise<Reach> {
    this.#isBegun = true;
    this.#own ??= this.#open(transferSecret);
    const nonce = await this.#own;
    if (this.#isTcp) await this.#openPort();
    const rtc = (await this.rtc?.describe()) ?? null;
    const addresses = this.#isTcp ? (this.#listening?.addresses() ?? []) : [];
    return { nonce, addresses, only: this.#context.only, ...(rtc !== null && { rtc }) };
  }

  /** Takes where the other end can be reached. */
  async hear(theirs: Reach, transferSecret: Bytes): Promise<void> {
    this.#theirs = theirs;
    const dialKey = await deriveDialKey(transferSecret, theirs.nonce);
    if (this.#isTcp) this.#dialling?.hear(theirs.addresses, dialKey);
    if (theirs.rtc !== undefined) this.rtc?.hear(theirs.rtc, dialKey);
  }

  /**
   * Gives `onWay` each channel that leads to the other end for a lane; resolves when `signal` is aborted.
   * @param mayOpenWebrtc whether a channel over WebRTC is opened for the lane
   */
  async seek(
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
    mayOpenWebrtc = false,
  ): Promise<void> {
    // Who is told of the port dials it at once.
    await this.#own;
    await this.#opening;
    if (signal.aborted || this.#isClosed) return;
    const stopAwaiting = this.#listening?.await(lane, onWay);
    if (stopAwaiting !== undefined) signal.addEventListener('abort', stopAwaiting, { once: true });
    const overWebrtc = mayOpenWebrtc ? this.rtc?.dial(lane, signal, onWay) : undefined;
    if (this.#dialling !== null) {
      await this.#dialling.dial(lane, signal, onWay);
      await this.#dialling.dialAgain(lane, signal, onWay);
    }
    await overWebrtc;
  }

  /** Closes the port, and what goes over WebRTC. Channels of other kinds that lanes have taken stay. */
  close(): void {
    this.#isClosed = true;
    this.#listening?.close();
    this.rtc?.close();
  }

  /** Resolves with the nonce of the port. */
  async #open(transferSecret: Bytes): Promise<Bytes> {
    const nonce = randomBytes(NONCE_BYTES);
    const dialKey = await deriveDialKey(transferSecret, nonce);
    const listening = new Listening({ ...this.#context, dialKey });
    this.#listening = listening;
    if (this.#isClosed) listening.close();
    this.rtc?.listen((channel, onProved) => void listening.take(channel, 'webrtc', onProved));
    return nonce;
  }

  async #openPort(): Promise<void> {
    const { network } = this.#context;
    if (this.#isClosed || network === null) return;
    this.#opening ??= this.#listening!.open(network);
    await this.#opening;
  }
}
