// Whether the relay's lanes bring something beside a direct path: tried where that is slow, and kept if both bring 1.25 times as much.
import type { Clock } from '../foundation/clock.ts';
import type { LanePool } from '../lanes/lane-pool.ts';
import type { CreditWindow } from './credit-window.ts';

/** A direct path that carries this much is left alone. */
const FAST_BYTES_PER_S = 64e6;
/** Ratio of the rate by both kinds to the rate of the direct path alone from which both are kept. */
const GAIN = 1.25;
/** Until what a change brings can be seen, and the shortest measurement after it. */
const SETTLE_MS = 1_000;
/** Longest time between two acks of a path that is measured. */
const GAP_MS = 1_000;
const MEASURE_MS = 3_000;
/** From one trial to the next, doubled each time. Then the direct path is measured alone again. */
const FIRST_REST_MS = 60_000;

/** What a trial looks at, and changes. */
export interface PathTrialContext {
  lanes: Pick<LanePool, 'hasDirect' | 'isMixed' | 'isOnlyDirect' | 'isFull'>;
  credit: Pick<CreditWindow, 'writtenBytes' | 'hadRunOut'>;
  clock: Clock;
}

/** Decides from acks whether data takes the relay's lanes beside direct ones. */
export class PathTrial {
  readonly #context: PathTrialContext;
  #sinceMs: number;
  #ackedMs: number;
  #fromBytes: number | null = null;
  #heldUp = 0;
  #acks = 0;
  /** The rate of the direct path alone. */
  #directRate: number | null = null;
  #restMs = FIRST_REST_MS;
  #restUntilMs = 0;

  constructor(context: PathTrialContext) {
    this.#context = context;
    this.#sinceMs = context.clock.nowMs();
    this.#ackedMs = this.#sinceMs;
  }

  /** Whether both are tried. */
  get isUnderWay(): boolean {
    return this.#directRate !== null;
  }

  /** To be called after each ack of the receiver. */
  noteAck(): void {
    const { lanes, credit, clock } = this.#context;
    const nowMs = clock.nowMs();
    if (!lanes.hasDirect || lanes.isOnlyDirect) {
      lanes.isMixed = false;
      this.#directRate = null;
      this.#restart(nowMs);
      return;
    }
    // A receiver that was held up says nothing of the path.
    if (nowMs - this.#ackedMs > GAP_MS) this.#restart(nowMs);
    this.#ackedMs = nowMs;
    if (lanes.isMixed && this.#directRate === null && nowMs >= this.#restUntilMs) {
      lanes.isMixed = false;
      this.#restart(nowMs);
    }
    if (nowMs - this.#sinceMs < SETTLE_MS) return;
    this.#fromBytes ??= credit.writtenBytes;
    this.#acks += 1;
    if (lanes.isFull || credit.hadRunOut) this.#heldUp += 1;
    const measuredMs = nowMs - this.#sinceMs - SETTLE_MS;
    if (measuredMs < MEASURE_MS) return;
    const rate = ((credit.writtenBytes - this.#fromBytes) * 1000) / measuredMs;
    const isHeldUp = this.#heldUp * 2 >= this.#acks;
    this.#judge(rate, isHeldUp, nowMs);
    this.#restart(nowMs);
  }

  #judge(rate: number, isHeldUp: boolean, nowMs: number): void {
    const { lanes } = this.#context;
    if (this.#directRate !== null) {
      lanes.isMixed = rate >= this.#directRate * GAIN;
      this.#directRate = null;
      this.#restUntilMs = nowMs + this.#restMs;
      this.#restMs *= 2;
    } else if (isHeldUp && rate < FAST_BYTES_PER_S && nowMs >= this.#restUntilMs) {
      this.#directRate = rate;
      lanes.isMixed = true;
    }
  }

  #restart(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#fromBytes = null;
    this.#heldUp = 0;
    this.#acks = 0;
  }
}
