// How many lanes a sender's data takes. One is enough for most paths. Where a connection is bound by its window or by losses,
// several carry more: while the path holds the transfer up, all that both ends want are tried, and kept if they bring something.
import type { Clock } from '../foundation/clock.ts';
import type { LanePool } from '../lanes/lane-pool.ts';
import type { LanePurpose } from '../ports/path.ts';
import { MAX_LANES } from '../wire/limits.ts';
import type { CreditWindow } from './credit-window.ts';

/** Lanes of a transfer, unless an end wants fewer. */
export const MOST_LANES = 8;
/** A lane that carries this much is not what holds a transfer up. */
const FAST_BYTES_PER_S = 64e6;
/** Ratio of the rate in a trial to the rate before it from which the trial has succeeded. */
const GAIN = 1.25;
/** Until what a change brings can be seen. */
const SETTLE_MS = 500;
/** Shortest measurement, in ms and in acks. */
const MEASURE_MS = 1_000;
const MEASURE_ACKS = 4;
/** Less is sent before lanes are of use. */
const WORTH_BYTES = 16 * 1024 * 1024;
/** How long lanes may take to connect. */
const JOIN_MS = 15_000;
/** After a trial that brought nothing, the next one waits; twice as long each time. */
const FIRST_REST_MS = 30_000;

/** What a LaneSteering measures, and how it opens lanes. */
export interface LaneSteeringContext {
  lanes: Pick<LanePool, 'inUse' | 'isConnected' | 'isFull'>;
  credit: Pick<CreditWindow, 'writtenBytes' | 'hadRunOut'>;
  clock: Clock;
  /** Bytes to be sent; Infinity where that isn't known. */
  contentBytes: number;
  /** @param purpose absent for one of those that are tried */
  open(lane: number, purpose?: LanePurpose): void;
}

interface Measurement {
  sinceMs: number;
  fromBytes: number;
  acks: number;
  heldUp: number;
}

/** Decides from acks how many lanes data takes, and opens them. */
export class LaneSteering {
  readonly #most: number;
  readonly #context: LaneSteeringContext;
  #measurement: Measurement | null = null;
  #opened = 1;
  #isJoining = false;
  #hasJudged = false;
  #changedAtMs: number;
  /** The rate before the trial that is under way. */
  #rateBefore: number | null = null;
  #restMs = FIRST_REST_MS;
  #restUntilMs = 0;

  /**
   * Lets data take `wanted` lanes, or one or as many as bring something.
   * @param most lanes that the receiver wants
   */
  constructor(wanted: number | undefined, most: number, context: LaneSteeringContext) {
    this.#most = Math.min(wanted ?? MOST_LANES, most);
    this.#context = context;
    this.#changedAtMs = context.clock.nowMs();
    if (wanted !== undefined) this.#use(this.#most, this.#changedAtMs);
  }

  /**
   * Opens lanes before they are tried: the path was found to be slow, and there is little on the way that the receiver would hear
   * of them after.
   */
  prepare(): void {
    if (this.#context.contentBytes >= WORTH_BYTES) this.#open(this.#most);
  }

  /** Opens a lane beyond those that are tried: for a direct path, or one of a kind, which is used when it stands. */
  openOneMore(purpose: LanePurpose): void {
    if (this.#opened < MAX_LANES) this.#context.open(this.#opened++, purpose);
  }

  /** Whether more lanes are tried. */
  get isUnderWay(): boolean {
    return this.#isJoining || this.#rateBefore !== null;
  }

  /** Whether it changes nothing now: lanes are neither tried, nor about to be. */
  get isSteady(): boolean {
    return !this.isUnderWay && this.#hasJudged;
  }

  /** To be called after each ack of the receiver. */
  noteAck(): void {
    const { lanes, credit, clock } = this.#context;
    const nowMs = clock.nowMs();
    if (this.#isJoining) {
      this.#awaitLanes(nowMs);
      return;
    }
    if (nowMs - this.#changedAtMs < SETTLE_MS) return;
    const writtenBytes = credit.writtenBytes;
    this.#measurement ??= { sinceMs: nowMs, fromBytes: writtenBytes, acks: 0, heldUp: 0 };
    const measurement = this.#measurement;
    measurement.acks += 1;
    if (lanes.isFull || credit.hadRunOut) measurement.heldUp += 1;
    const { sinceMs, fromBytes, acks, heldUp } = measurement;
    if (nowMs - sinceMs < MEASURE_MS || acks < MEASURE_ACKS) return;
    this.#measurement = null;
    const rate = ((writtenBytes - fromBytes) * 1000) / (nowMs - sinceMs);
    this.#judge(rate, heldUp * 2 >= acks, nowMs);
  }

  #awaitLanes(nowMs: number): void {
    if (this.#context.lanes.isConnected) {
      this.#isJoining = false;
      this.#changedAtMs = nowMs;
    } else if (nowMs - this.#changedAtMs > JOIN_MS) {
      this.#isJoining = false;
      this.#retreat(nowMs);
    }
  }

  #judge(rate: number, isHeldUp: boolean, nowMs: number): void {
    this.#hasJudged = true;
    if (this.#rateBefore !== null && rate < this.#rateBefore * GAIN) {
      this.#retreat(nowMs);
      return;
    }
    this.#rateBefore = null;
    const isEnough = this.#context.lanes.inUse === this.#most || rate >= FAST_BYTES_PER_S;
    if (!isHeldUp || isEnough || nowMs < this.#restUntilMs) return;
    this.#rateBefore = rate;
    this.#use(this.#most, nowMs);
    this.#isJoining = true;
  }

  /** The other lanes stay open, and are there for the next trial. */
  #retreat(nowMs: number): void {
    this.#rateBefore = null;
    this.#use(1, nowMs);
    this.#restUntilMs = nowMs + this.#restMs;
    this.#restMs *= 2;
  }

  #use(lanes: number, nowMs: number): void {
    this.#context.lanes.inUse = lanes;
    this.#open(lanes);
    this.#changedAtMs = nowMs;
  }

  #open(lanes: number): void {
    while (this.#opened < lanes) this.#context.open(this.#opened++);
  }
}
