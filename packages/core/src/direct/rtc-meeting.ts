// The WebRTC connection of one session: the receiver makes the offer and takes data channels, the sender answers and opens them.
// docs/PROTOCOL.md section 18.
import { pause } from '../async/seek.ts';
import { withTimeLimit } from '../async/time-limit.ts';
import { firstFrame } from '../crypto/first-frame.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { DirectChannel } from '../ports/direct-network.ts';
import type { Role } from '../ports/rendezvous.ts';
import type { RtcConnection, RtcDataChannel, RtcDescription, RtcNetwork } from '../ports/rtc-network.ts';
import { MAX_RTC_CHANNELS, MAX_RTC_WAITING_BYTES, RTC_GATHER_MS } from '../wire/limits.ts';
import { parseRtcDescription, rtcFields } from '../wire/rtc-description.ts';
import type { DirectWay } from './direct-ways.ts';
import type { RtcBudget } from './rtc-budget.ts';
import { isUsable, toldCandidates } from './rtc-candidates.ts';
import { RtcChannel } from './rtc-channel.ts';
import { directMessageLimit, WrappedChannel } from './wrapped-channel.ts';

/** From one data channel for a lane to the next. */
const AGAIN_MS = 3_000;
/** How long a data channel may take to open: the connection with it. */
const OPEN_MS = 20_000;

/** How much longer than asked a device may take to say what it has gathered. */
const LATE_MS = 1_000;

/** What a meeting over WebRTC needs, and who takes its channels. */
export interface RtcMeetingContext {
  network: RtcNetwork;
  clock: Clock;
  bulk: BulkCrypto;
  /** Of this end. */
  role: Role;
  budget: RtcBudget;
  stunUrls: readonly string[];
  /** The other end has opened a channel. */
  onChannel(channel: DirectChannel): void;
}

/** One connection over WebRTC, from its offer to its end. */
export class RtcMeeting {
  readonly #context: RtcMeetingContext;
  readonly #connection: RtcConnection;
  readonly #theirs: RtcDescription | null;
  readonly #gathered = new AbortController();
  readonly #described: Promise<RtcDescription | null>;
  #markClosed = () => {};
  readonly #closed = new Promise<null>((resolve) => {
    this.#markClosed = () => resolve(null);
  });
  #isOver = false;
  /** The answer, once the end that made the offer has it. */
  #answer: RtcDescription | null = null;
  readonly #channels = new Set<RtcChannel>();
  #waitingBytes = 0;

  /** @param offer of the other end; null where this end makes it */
  constructor(offer: RtcDescription | null, context: RtcMeetingContext) {
    this.#context = context;
    const options = {
      stunUrls: context.stunUrls,
      onChannel: (channel: RtcDataChannel) => this.#take(channel),
      onLost: () => this.close(),
    };
    this.#theirs = offer === null ? null : this.#checked(offer);
    this.#connection =
      this.#theirs === null ? context.network.offer(options) : context.network.answer(this.#theirs, options);
    this.#described = this.#connection
      .describe(this.#gathered.signal)
      .then(sayable)
      .catch(() => null);
    void this.#described.then((own) => own === null && this.close());
  }

  /** Whether it was lost, or closed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What the other end is to be told, once it is gathered or RTC_GATHER_MS are over; null where this device can't. */
  async describe(): Promise<RtcDescription | null> {
    const { clock } = this.#context;
    let stop = clock.after(RTC_GATHER_MS, () => {
      this.#gathered.abort();
      // Content waits: a device that never says anything is done without.
      stop = clock.after(LATE_MS, () => this.close());
    });
    const own = await Promise.race([this.#described, this.#closed]);
    stop();
    return this.isOver ? null : own;
  }

  /** Takes the answer of the other end, once. */
  async accept(answer: RtcDescription): Promise<void> {
    if (this.isOver || this.#theirs !== null || this.#answer !== null) return;
    this.#answer = this.#checked(answer);
    await this.#connection.accept(this.#answer).catch(() => this.close());
  }

  /** Opens a channel for a lane, and another every 3 s, until `signal` is aborted or the connection is lost. Never rejects. */
  async dial(
    lane: number,
    dialKey: Bytes,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
  ): Promise<void> {
    while (!signal.aborted && !this.isOver) {
      await this.#dialOnce(lane, dialKey, signal, onWay).catch(() => {});
      await pause(AGAIN_MS, this.#context.clock, signal);
    }
  }

  /** The other end has proved itself on a channel. */
  noteProved(): void {
    this.#context.budget.giveBack((this.#theirs ?? this.#answer)?.candidates ?? []);
  }

  /** Closes the connection and all its channels. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#markClosed();
    this.#connection.close();
    for (const channel of this.#channels) channel.terminate();
  }

  async #dialOnce(
    lane: number,
    dialKey: Bytes,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
  ): Promise<void> {
    const { clock, role, bulk } = this.#context;
    await Promise.race([this.#described, this.#closed]);
    const limit = { clock, signal, limitMs: OPEN_MS };
    const opened = await withTimeLimit((until) => this.#connection.open(until), limit);
    const channel = this.#channelOf(opened, false);
    if (channel === null) return opened.close();
    if (signal.aborted) return channel.terminate();
    const { frame, r } = firstFrame(dialKey, role, lane);
    channel.send(frame);
    const wrapped = await WrappedChannel.create(channel, dialKey, r, role, bulk);
    const onProved = () => this.noteProved();
    onWay({ channel: wrapped, path: { kind: 'webrtc', isLocal: channel.isLocal }, onProved });
  }

  #take(opened: RtcDataChannel): void {
    // Only the end that answers opens channels.
    const channel = this.#theirs === null ? this.#channelOf(opened, true) : null;
    if (channel === null) opened.close();
    else this.#context.onChannel(channel);
  }

  /** Null where the other end has had more opened than it may. */
  #channelOf(opened: RtcDataChannel, isListener: boolean): RtcChannel | null {
    if (this.isOver || this.#channels.size >= MAX_RTC_CHANNELS) return null;
    const channel: RtcChannel = new RtcChannel(opened, {
      limitOf: (index) => directMessageLimit(isListener, index),
      onWaiting: (bytes) => this.#noteWaiting(bytes),
      onClosed: () => void this.#channels.delete(channel),
    });
    this.#channels.add(channel);
    return channel;
  }

  #noteWaiting(bytes: number): void {
    this.#waitingBytes += bytes;
    if (this.#waitingBytes > MAX_RTC_WAITING_BYTES) this.close();
  }

  #checked(theirs: RtcDescription): RtcDescription {
    const { network, budget } = this.#context;
    const usable = theirs.candidates.filter((each) => isUsable(each) && network.mayReach(each));
    return { ...theirs, candidates: budget.take(usable) };
  }
}

/**
 * What is said of a connection.
 * @throws TransferError for parts that the other end would refuse, and the transfer with them
 */
function sayable(own: RtcDescription): RtcDescription {
  return parseRtcDescription(rtcFields({ ...own, candidates: toldCandidates(own.candidates) }));
}
