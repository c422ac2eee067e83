// WebRTC in one transfer: the connection of the present session, and the next one where it is lost. docs/PROTOCOL.md section 18.
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { DirectChannel } from '../ports/direct-network.ts';
import type { Role } from '../ports/rendezvous.ts';
import type { RtcDescription, RtcNetwork } from '../ports/rtc-network.ts';
import type { DirectWay } from './direct-ways.ts';
import { RtcBudget } from './rtc-budget.ts';
import { RtcMeeting } from './rtc-meeting.ts';

/** What WebRTC needs. */
export interface RtcWayContext {
  network: RtcNetwork;
  clock: Clock;
  bulk: BulkCrypto;
  role: Role;
}

/** Takes a channel, and is to be told when the other end has proved itself on it. */
type TakeChannel = (channel: DirectChannel, onProved: () => void) => void;

/** The connections over WebRTC of one transfer: one at a time. */
export class RtcWay {
  readonly #context: RtcWayContext;
  readonly #budget = new RtcBudget();
  #stunUrls: readonly string[] = [];
  /** Whether both ends of the present session know WebRTC. */
  #isAgreed = false;
  #meeting: RtcMeeting | null = null;
  #isClosed = false;
  /** What the sender is to answer. */
  #offer: RtcDescription | null = null;
  #dialKey: Bytes | null = null;
  #isTold = false;
  /** Those who wait for the next connection. */
  #awaiting: (() => void)[] = [];
  #take: TakeChannel = (channel) => channel.terminate();

  constructor(context: RtcWayContext) {
    this.#context = context;
  }

  /** Whether a connection is made, or made already, and not lost. */
  get isSought(): boolean {
    return this.#meeting !== null && !this.#meeting.isOver;
  }

  /** Whether both ends of the present session know it. */
  get isAgreed(): boolean {
    return this.#isAgreed;
  }

  /** Another session begins. */
  beginSession(isAgreed: boolean, stunUrls: readonly string[]): void {
    this.#drop();
    this.#isAgreed = isAgreed;
    this.#stunUrls = stunUrls;
  }

  /** Who takes the channels that the other end opens. */
  listen(take: TakeChannel): void {
    this.#take = take;
  }

  /** At the receiver: gathers what the sender is to be told. Nobody is told of it, and nothing is sent to the other end. */
  prepare(): void {
    if (this.#context.role !== 'receiver' || !this.#isAgreed || this.#isClosed) return;
    this.#drop();
    this.#begin(null);
  }

  /** What the other end is to be told, which it is told once of each connection; null where there is nothing. */
  async describe(): Promise<RtcDescription | null> {
    if (this.#isClosed) return null;
    if (this.#offer !== null) {
      const offer = this.#offer;
      this.#drop();
      this.#begin(offer);
    }
    if (this.#meeting === null || this.#isTold) return null;
    this.#isTold = true;
    return this.#meeting.describe();
  }

  /** Takes the offer, which `describe` answers, or the answer. @param dialKey of the other end's nonce */
  hear(theirs: RtcDescription, dialKey: Bytes): void {
    if (!this.#isAgreed) return;
    this.#dialKey = dialKey;
    if (this.#context.role === 'sender') this.#offer = theirs;
    else if (this.#isTold) void this.#meeting?.accept(theirs);
  }

  /** Opens channels for a lane, at the sender, until `signal` is aborted, on whatever connection there is. Never rejects. */
  async dial(lane: number, signal: AbortSignal, onWay: (way: DirectWay) => void): Promise<void> {
    while (this.#context.role === 'sender' && !signal.aborted) {
      if (this.isSought) await this.#meeting!.dial(lane, this.#dialKey!, signal, onWay);
      else await this.#nextMeeting(signal);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #begin(offer: RtcDescription | null): void {
    this.#isTold = false;
    const meeting: RtcMeeting = new RtcMeeting(offer, {
      ...this.#context,
      budget: this.#budget,
      stunUrls: this.#stunUrls,
      onChannel: (channel) => this.#take(channel, () => meeting.noteProved()),
    });
    this.#meeting = meeting;
    for (const resolve of this.#awaiting.splice(0)) resolve();
  }

  #nextMeeting(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        signal.removeEventListener('abort', finish);
        this.#awaiting = this.#awaiting.filter((each) => each !== finish);
        resolve();
      };
      this.#awaiting.push(finish);
      signal.addEventListener('abort', finish, { once: true });
    });
  }

  #drop(): void {
    this.#meeting?.close();
    this.#meeting = null;
    this.#offer = null;
  }
}
