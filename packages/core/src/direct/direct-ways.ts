// The ways of one transfer that no relay carries: the ports of this end, those of the other, and WebRTC. docs/PROTOCOL.md section 18.
import { pause } from '../async/seek.ts';
import { deriveDialKey } from '../crypto/derive-keys.ts';
import { type Bytes, randomBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { DirectAddress, DirectNetwork } from '../ports/direct-network.ts';
import type { DialledKind, Path } from '../ports/path.ts';
import type { Role } from '../ports/rendezvous.ts';
import type { RtcNetwork } from '../ports/rtc-network.ts';
import { DIRECT, QUIC, WEBRTC } from '../wire/greeting.ts';
import { RTC_HEAD_MS } from '../wire/limits.ts';
import type { Reach } from '../wire/reach-record.ts';
import { Dialling } from './dialling.ts';
import { Listening } from './listening.ts';
import { RtcWay } from './rtc-way.ts';

const NONCE_BYTES = 16;

/** A channel on which a handshake of a lane may begin. */
export interface DirectWay {
  channel: Channel;
  path: Path;
  /** Dialled where nobody has proved to be the other end yet, which is done eight times at most. */
  isUnproven?: boolean;
  /** To be called when the other end has proved itself on it. */
  onProved(): void;
}

/** Which of the ways a lane takes. */
export interface SoughtWays {
  /** Those of one kind alone; null or absent for all. */
  kind?: DialledKind | null | undefined;
  /** Whether a channel over WebRTC is opened for the lane. Default false. */
  mayOpenWebrtc?: boolean | undefined;
}

/** How a device is dialled, and dials, by kind; null where it doesn't. */
export interface DirectNetworks {
  /** Over TCP. */
  network: DirectNetwork | null;
  quic?: DirectNetwork | null;
}

/** What direct ways need. */
export interface DirectWaysContext extends DirectNetworks {
  /** Null where this device has no WebRTC. */
  rtc?: RtcNetwork | null;
  clock: Clock;
  bulk: BulkCrypto;
  role: Role;
  /** Whether content is to take them alone. */
  only: boolean;
}

/** The direct ways of one transfer, over all its sessions. */
export class DirectWays {
  readonly #context: DirectWaysContext;
  readonly #dialling: Dialling;
  /** Null where this device has no WebRTC. */
  readonly rtc: RtcWay | null;
  #listening: Listening | null = null;
  #own: Promise<Bytes> | null = null;
  #theirs: Reach | null = null;
  /** When the other end has first said in this session where it can be reached. */
  #heardMs = 0;
  /** Whether both ends of the present session know TCP, */
  #isTcp = false;
  /** whether they know QUIC, */
  #isQuic = false;
  /** and whether its offer is accepted. */
  #isBegun = false;
  #isClosed = false;

  constructor(context: DirectWaysContext) {
    this.#context = context;
    this.#dialling = new Dialling(context);
    this.rtc = context.rtc ? new RtcWay({ ...context, network: context.rtc }) : null;
  }

  /** What this end says in its greeting. */
  get features(): readonly string[] {
    const { network, quic } = this.#context;
    const isDialled = network !== null || Boolean(quic);
    return [...(isDialled ? [DIRECT] : []), ...(quic ? [QUIC] : []), ...(this.rtc === null ? [] : [WEBRTC])];
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

  /** Whether the other end may be met over TCP or over QUIC, as far as is known. */
  get hasBothKinds(): boolean {
    return this.isKnown && this.#isTcp && this.#isQuic;
  }

  /** Whether WebRTC is all that both ends know: it is judged before it carries content, and the relay goes first. */
  get isWebrtcAlone(): boolean {
    return !this.#isTcp && !this.#isQuic;
  }

  /**
   * Another session begins, in which nothing is accepted yet, and of which the other end may be another process.
   * @param features of both ends. @param stunUrls of STUN servers that may be asked
   * @returns whether there is a way that both ends know
   */
  beginSession(features: readonly string[], stunUrls: readonly string[] = []): boolean {
    this.#isBegun = false;
    this.#theirs = null;
    this.#dialling.forget();
    const { network, quic } = this.#context;
    const isDirect = features.includes(DIRECT);
    this.#isTcp = network !== null && isDirect;
    this.#isQuic = Boolean(quic) && isDirect && features.includes(QUIC);
    const isRtc = this.rtc !== null && features.includes(WEBRTC);
    this.rtc?.beginSession(isRtc, stunUrls);
    // Where there may be other ways it comes after them.
    if (isRtc && this.isWebrtcAlone) this.rtc!.prepare();
    return isRtc || !this.isWebrtcAlone;
  }

  /** An offer is accepted: opens the ports, once in a transfer, and resolves with what the other end is to be told. */
  async open(transferSecret: Bytes): Promise<Reach> {
    const { network, quic, only } = this.#context;
    this.#isBegun = true;
    this.#own ??= this.#begin(transferSecret);
    const nonce = await this.#own;
    const [addresses, overQuic, rtc = null] = await Promise.all([
      this.#listen('tcp', this.#isTcp ? network : null),
      this.#listen('quic', this.#isQuic ? quic : null),
      this.rtc?.describe(),
    ]);
    return {
      nonce,
      addresses,
      ...(this.#isQuic && { quic: overQuic }),
      only,
      ...(rtc !== null && { rtc }),
    };
  }

  /** Takes where the other end can be reached. */
  async hear(theirs: Reach, transferSecret: Bytes): Promise<void> {
    if (this.#theirs === null) this.#heardMs = this.#context.clock.nowMs();
    this.#theirs = theirs;
    const dialKey = await deriveDialKey(transferSecret, theirs.nonce);
    const addresses = this.#isTcp ? theirs.addresses : [];
    this.#dialling.hear(addresses, dialKey, this.#isQuic ? theirs.quic : undefined);
    if (theirs.rtc !== undefined) this.rtc?.hear(theirs.rtc, dialKey);
  }

  /** Gives `onWay` each channel that leads to the other end for a lane; resolves when `signal` is aborted. */
  async seek(
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
    { kind = null, mayOpenWebrtc = false }: SoughtWays = {},
  ): Promise<void> {
    // Who is told of the port dials it at once.
    await this.#own;
    if (signal.aborted || this.#isClosed) return;
    const take = (way: DirectWay) => {
      if (kind === null || way.path.kind === kind) onWay(way);
      else way.channel.terminate();
    };
    const stopAwaiting = this.#listening?.await(lane, take);
    if (stopAwaiting !== undefined) signal.addEventListener('abort', stopAwaiting, { once: true });
    await Promise.all([
      this.#dialling.dial(lane, signal, onWay, kind),
      this.#dialling.dialAgain(lane, signal, onWay, kind),
      mayOpenWebrtc && kind === null ? this.#seekOverWebrtc(lane, signal, onWay) : undefined,
    ]);
  }

  /** Where there may be other ways it comes after them. */
  async #seekOverWebrtc(lane: number, signal: AbortSignal, onWay: (way: DirectWay) => void): Promise<void> {
    const { clock } = this.#context;
    const headMs = this.isWebrtcAlone ? 0 : this.#heardMs + RTC_HEAD_MS - clock.nowMs();
    if (headMs > 0) await pause(headMs, clock, signal);
    await this.rtc?.dial(lane, signal, onWay);
  }

  /** Closes the ports, and what goes over WebRTC. Channels of other kinds that lanes have taken stay. */
  close(): void {
    this.#isClosed = true;
    this.#listening?.close();
    this.#context.network?.close?.();
    this.#context.quic?.close?.();
    this.rtc?.close();
  }

  /** Resolves with the nonce of the ports. */
  async #begin(transferSecret: Bytes): Promise<Bytes> {
    const nonce = randomBytes(NONCE_BYTES);
    const dialKey = await deriveDialKey(transferSecret, nonce);
    const listening = new Listening({ ...this.#context, dialKey });
    this.#listening = listening;
    if (this.#isClosed) listening.close();
    this.rtc?.listen((channel, onProved) => void listening.take(channel, 'webrtc', onProved));
    return nonce;
  }

  async #listen(
    kind: DialledKind,
    network: DirectNetwork | null | undefined,
  ): Promise<readonly DirectAddress[]> {
    return network && !this.#isClosed ? this.#listening!.open(network, kind) : [];
  }
}
