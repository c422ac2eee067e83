// The `reach` records of one session: each end says where it can be reached, and not before an offer is accepted; later ones are for
// WebRTC, where nothing else was found. docs/PROTOCOL.md section 18.
import type { DirectWays } from '../direct/direct-ways.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Role } from '../ports/rendezvous.ts';
import { violation } from '../wire/fields.ts';
import { MAX_REACHES, RTC_OFFER_MS } from '../wire/limits.ts';
import { encodeReach, parseReach } from '../wire/reach-record.ts';

/** From the first offer of WebRTC to the next where no direct lane stands; doubled each time. */
const FIRST_REST_MS = 10_000;
/** The same where content waits for a direct path. */
const FIRST_REST_OF_ONLY_MS = 3_000;

/** Hears of direct paths. */
export interface ReachListener {
  /** The other end has said where it can be reached. */
  begin(): void;
  /** There is a new way by which it can be reached. */
  renew(): void;
  /** A lane got a connection, or lost one. */
  noteConnection(): void;
}

/** Of an end that only answers. */
export const DEAF: ReachListener = { begin() {}, renew() {}, noteConnection() {} };

/** What the records of a session need of it. */
export interface SessionReachContext {
  transferSecret: Bytes;
  /** Of this end. */
  role: Role;
  clock: Clock;
  /** Aborted when the session ends. */
  signal: AbortSignal;
  /** Whether a direct lane stands. */
  hasDirect(): boolean;
  /** Sends a record's body on lane 0. */
  say(body: Bytes): Promise<void>;
}

/** What one session says and hears of direct ways. */
export class SessionReach {
  readonly #ways: DirectWays | null;
  readonly #context: SessionReachContext;
  #listener: ReachListener | null = null;
  #isBegun = false;
  /** Whether the other end has said where it can be reached. */
  #isHeard = false;
  /** Records of each end. */
  #heard = 0;
  #said = 0;
  /** Until the next offer of WebRTC. */
  #restMs = RTC_OFFER_MS;
  #nextRestMs = FIRST_REST_MS;

  /** @param ways null where one of the ends knows none */
  constructor(ways: DirectWays | null, context: SessionReachContext) {
    this.#ways = ways;
    this.#context = context;
  }

  /** The offer is accepted: says where this end can be reached, and heeds the same of the other end. */
  async start(listener: ReachListener): Promise<void> {
    if (this.#ways === null) return;
    this.#listener = listener;
    await this.#say(this.#ways);
    if (this.#isHeard) listener.begin();
    this.#isBegun = true;
    if (this.#context.role !== 'receiver' || !this.#ways.rtc?.isAgreed) return;
    if (this.#ways.isOwnOnly) this.#nextRestMs = FIRST_REST_OF_ONLY_MS;
    this.#offerLater(this.#ways);
  }

  noteConnection(): void {
    this.#listener?.noteConnection();
  }

  /**
   * Takes what the other end says, which changes nothing before the offer is accepted.
   * @throws TransferError `protocol-violation`
   */
  async hear(body: Bytes, isFirstLane: boolean): Promise<void> {
    const ways = this.#ways;
    if (ways === null || !isFirstLane || this.#heard >= MAX_REACHES)
      throw violation('“reach” at a wrong time');
    this.#heard += 1;
    const reach = parseReach(body);
    const isRepeated = this.#heard > 1;
    if (isRepeated && (reach.rtc === undefined || !ways.rtc?.isAgreed))
      throw violation('“reach” was said again');
    await ways.hear(reach, this.#context.transferSecret);
    this.#isHeard = true;
    if (!this.#isBegun) return;
    if (!isRepeated) this.#listener?.begin();
    // Lane 0 doesn't wait for what is gathered.
    else if (this.#context.role === 'sender') void this.#answer(ways);
  }

  async #answer(ways: DirectWays): Promise<void> {
    if (this.#said < MAX_REACHES) await this.#say(ways, true);
    this.#listener?.renew();
  }

  /** Where there is no direct lane, and nothing over WebRTC is under way, the receiver offers that. */
  #offerLater(ways: DirectWays): void {
    const { clock, signal, hasDirect } = this.#context;
    if (signal.aborted || this.#said >= MAX_REACHES) return;
    const cancel = clock.after(this.#restMs, () => {
      signal.removeEventListener('abort', cancel);
      const isNeeded = !hasDirect() && !ways.rtc!.isSought;
      this.#restMs = this.#nextRestMs;
      if (isNeeded) this.#nextRestMs *= 2;
      void (isNeeded ? this.#offer(ways) : Promise.resolve()).then(() => this.#offerLater(ways));
    });
    signal.addEventListener('abort', cancel, { once: true });
  }

  async #offer(ways: DirectWays): Promise<void> {
    ways.rtc!.prepare();
    await this.#say(ways, true);
  }

  /** @param isForRtc whether it is said for WebRTC alone */
  async #say(ways: DirectWays, isForRtc = false): Promise<void> {
    const reach = await ways.open(this.#context.transferSecret);
    if (isForRtc && reach.rtc === undefined) return;
    this.#said += 1;
    await this.#context.say(encodeReach(reach));
  }
}
