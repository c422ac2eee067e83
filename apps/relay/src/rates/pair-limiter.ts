// All limits of one pair: how fast its two directions go, how much passes, and for how long.
import type { Clock } from '@p2p-copy/core/foundation';
import type { FairBucket } from './fair-bucket.ts';
import { FlowLimiter } from './flow-limiter.ts';

/** Which limit a pair has come to. */
export type LimitName = 'transfer-limit' | 'day-limit' | 'time-limit' | 'idle-limit';

export interface Quota {
  readonly left: number;
  spend(bytes: number): void;
}

export interface PairTerms {
  /** In the order of `FlowLimiter`; none where the pair may go as fast as it can. */
  readonly buckets: readonly FairBucket[];
  readonly quotas: readonly { readonly name: LimitName; readonly quota: Quota }[];
  readonly maxAgeMs: number | null;
  readonly maxIdleMs: number | null;
  /** The pair has come to a limit: it is to be ended. */
  onLimit(name: LimitName): void;
  /** The pair has ended. */
  onEnd(): void;
}

/** What a frame counts beside its payload: its header on the way in and out. Else empty messages would cost nothing. */
export const FRAME_BYTES = 8;
/** Ends say that they are there: a pair that passes no more than this a second is idle. */
const IDLE_BYTES_PER_SECOND = 64;
/** A quiet time is looked at in parts of it. */
const IDLE_PARTS = 4;

export class PairLimiter {
  readonly toReceiver: DirectionLimiter;
  readonly toSender: DirectionLimiter;
  readonly #terms: PairTerms;
  readonly #clock: Clock;
  readonly #cancelAge: () => void;
  #cancelIdle: () => void = () => {};
  #passedBytes = 0;
  #isEnded = false;

  constructor(terms: PairTerms, clock: Clock) {
    this.#terms = terms;
    this.#clock = clock;
    const spend = (bytes: number) => this.#spend(bytes);
    const spent = () => this.#spent();
    this.toReceiver = new DirectionLimiter(terms, spend, spent);
    this.toSender = new DirectionLimiter(terms, spend, spent);
    const { maxAgeMs, maxIdleMs } = terms;
    this.#cancelAge = maxAgeMs === null ? () => {} : clock.after(maxAgeMs, () => this.#reach('time-limit'));
    if (maxIdleMs !== null) this.#watch(maxIdleMs / IDLE_PARTS, IDLE_PARTS, 0);
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#cancelAge();
    this.#cancelIdle();
    this.toReceiver.end();
    this.toSender.end();
    this.#terms.onEnd();
  }

  /** Ends the pair after `partsLeft` parts in a row in which next to nothing passed. */
  #watch(partMs: number, partsLeft: number, passedBefore: number): void {
    this.#cancelIdle = this.#clock.after(partMs, () => {
      const isQuiet = this.#passedBytes - passedBefore <= (partMs * IDLE_BYTES_PER_SECOND) / 1000;
      if (isQuiet && partsLeft === 1) this.#reach('idle-limit');
      else this.#watch(partMs, isQuiet ? partsLeft - 1 : IDLE_PARTS, this.#passedBytes);
    });
  }

  /** Whether a quota is spent, which ends the pair. */
  #spent(): boolean {
    const reached = this.#terms.quotas.find(({ quota }) => quota.left === 0);
    if (reached !== undefined) this.#reach(reached.name);
    return reached !== undefined;
  }

  #spend(bytes: number): void {
    this.#passedBytes += bytes;
    for (const { quota } of this.#terms.quotas) quota.spend(bytes);
  }

  #reach(name: LimitName): void {
    if (!this.#isEnded) this.#terms.onLimit(name);
  }
}

/** One direction, as the pipe asks it. Where the pair is ended meanwhile, all passes: nobody is there to hear it. */
export class DirectionLimiter {
  /** Called when something may pass again. */
  onCredit: () => void = () => {};
  readonly #flow: FlowLimiter | null;
  readonly #quotas: PairTerms['quotas'];
  readonly #spend: (bytes: number) => void;
  readonly #spent: () => boolean;

  constructor({ buckets, quotas }: PairTerms, spend: (bytes: number) => void, spent: () => boolean) {
    this.#flow = buckets.length === 0 ? null : new FlowLimiter(buckets, () => this.onCredit());
    this.#quotas = quotas;
    this.#spend = spend;
    this.#spent = spent;
  }

  /** How many of the `wanted` next bytes of a frame may pass now. With 0, `onCredit` follows. */
  take(wanted: number): number {
    if (this.#spent()) return wanted;
    const allowed = Math.min(wanted, ...this.#quotas.map(({ quota }) => quota.left));
    const taken = this.#flow === null ? allowed : this.#flow.take(allowed);
    this.#spend(taken);
    return taken;
  }

  /** Counts a frame's header. False when nothing more may pass until `onCredit`. */
  startFrame(): boolean {
    if (this.#spent()) return true;
    return this.#owe(FRAME_BYTES);
  }

  /** Counts what has to pass now or never, because its connection is over. */
  takeLast(bytes: number): void {
    this.#owe(bytes);
  }

  end(): void {
    this.#flow?.end();
  }

  #owe(bytes: number): boolean {
    this.#spend(bytes);
    return this.#flow === null || this.#flow.owe(bytes);
  }
}
