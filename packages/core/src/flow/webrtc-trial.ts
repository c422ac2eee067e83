// Whether data takes WebRTC in place of the relay: it costs several times the CPU, so it is tried where the relay is slow, and kept
// if it brings 1.25 times as much.
import type { Clock } from '../foundation/clock.ts';
import type { LanePool } from '../lanes/lane-pool.ts';
import type { CreditWindow } from './credit-window.ts';

/** A relay that carries this much is left alone: WebRTC brings 15 to 30 MB a second in browsers. */
const FAST_BYTES_PER_S = 32e6;
/** Ratio of the rate over WebRTC to the rate by way of the relay from which WebRTC is kept. */
const GAIN = 1.25;
/** Until what a change brings can be seen, and the shortest measurement after it. */
const SETTLE_MS = 1_000;
const MEASURE_MS = 3_000;
/** Longest time between two acks of a path that is measured. Those of a relay that carries 200 kB a second are 2 s apart. */
const GAP_MS = 3_000;
/** Longest time for which WebRTC is tried: one that swallows everything brings no acks either. */
const LONGEST_TRIAL_MS = 8_000;
/** From one trial to the next, doubled each time up to the longest. */
const FIRST_REST_MS = 60_000;
const LONGEST_REST_MS = 600_000;

/** What a trial looks at, and changes. */
export interface WebrtcTrialContext {
  lanes: Pick<
    LanePool,
    'hasWebrtc' | 'hasRelay' | 'hasProvenDirect' | 'isOnlyDirect' | 'isFull' | 'takesWebrtc'
  >;
  credit: Pick<CreditWindow, 'writtenBytes' | 'hadRunOut'>;
  clock: Clock;
  /** Whether the relay's lanes are as many as bring something. */
  isSteady(): boolean;
  /** Has the relay carry what lies on lanes over WebRTC. */
  leaveWebrtc(): void;
  /** Has lanes over WebRTC look whether the relay is there again. */
  seekRelay(): void;
}

/** Decides from acks whether data takes WebRTC or the relay. */
export class WebrtcTrial {
  readonly #context: WebrtcTrialContext;
  #sinceMs: number;
  #ackedMs: number;
  /** What was written by the first ack that is measured, and when that came. */
  #from: { bytes: number; ms: number } | null = null;
  #heldUp = 0;
  #acks = 0;
  /** The rate by way of the relay, while WebRTC is tried. */
  #relayRate: number | null = null;
  #restMs = FIRST_REST_MS;
  #restUntilMs = 0;
  /** Since when nothing stands by way of the relay, though data belongs there; or since it was last sought. */
  #awayMs: number | null = null;
  #seekMs = FIRST_REST_MS;
  #cancelLongest = () => {};
  #isEnded = false;

  constructor(context: WebrtcTrialContext) {
    this.#context = context;
    this.#sinceMs = context.clock.nowMs();
    this.#ackedMs = this.#sinceMs;
  }

  /** To be called after each ack of the receiver. */
  noteAck(): void {
    const { lanes, credit, clock, isSteady } = this.#context;
    const nowMs = clock.nowMs();
    const isOver = this.#relayRate === null && nowMs < this.#restUntilMs;
    const isPossible = lanes.hasWebrtc && lanes.hasRelay && !lanes.hasProvenDirect && !lanes.isOnlyDirect;
    if (!isPossible || this.#isEnded) {
      this.#giveUp(nowMs);
      if (!this.#isEnded) this.#seekRelay(nowMs);
      return;
    }
    this.#awayMs = null;
    // What lies on it arrives by it: only one that is found to bring less is cut.
    if (!isOver && this.#relayRate === null && lanes.takesWebrtc) this.#take(false, nowMs);
    // A receiver that was held up says nothing of the path.
    const isLate = nowMs - this.#ackedMs > GAP_MS;
    this.#ackedMs = nowMs;
    if (isOver || isLate || (this.#relayRate === null && !isSteady())) this.#restart(nowMs);
    if (nowMs - this.#sinceMs < SETTLE_MS) return;
    this.#from ??= { bytes: credit.writtenBytes, ms: nowMs };
    this.#acks += 1;
    if (lanes.isFull || credit.hadRunOut) this.#heldUp += 1;
    const measuredMs = nowMs - this.#from.ms;
    if (measuredMs < MEASURE_MS) return;
    const rate = ((credit.writtenBytes - this.#from.bytes) * 1000) / measuredMs;
    this.#judge(rate, this.#heldUp * 2 >= this.#acks, nowMs);
    this.#restart(nowMs);
  }

  /** Nothing more is decided. */
  end(): void {
    this.#isEnded = true;
    this.#cancelLongest();
  }

  #judge(rate: number, isHeldUp: boolean, nowMs: number): void {
    if (this.#relayRate !== null) {
      this.#conclude(rate >= this.#relayRate * GAIN, nowMs);
    } else if (isHeldUp && rate < FAST_BYTES_PER_S) {
      this.#relayRate = rate;
      this.#take(true, nowMs);
      const { clock } = this.#context;
      this.#cancelLongest = clock.after(LONGEST_TRIAL_MS, () => this.#conclude(false, clock.nowMs()));
    }
  }

  #conclude(isBetter: boolean, nowMs: number): void {
    this.#cancelLongest();
    this.#relayRate = null;
    this.#restUntilMs = nowMs + this.#restMs;
    this.#restMs = Math.min(this.#restMs * 2, LONGEST_REST_MS);
    if (isBetter) return;
    this.#take(false, nowMs);
    this.#context.leaveWebrtc();
  }

  #take(takesWebrtc: boolean, nowMs: number): void {
    this.#context.lanes.takesWebrtc = takesWebrtc;
    this.#restart(nowMs);
  }

  /** Lanes whose relay went stand over WebRTC, and nothing else brings them back. */
  #seekRelay(nowMs: number): void {
    const { lanes, seekRelay } = this.#context;
    const isAway = lanes.hasWebrtc && !lanes.hasRelay && !lanes.takesWebrtc;
    if (!isAway || lanes.hasProvenDirect || lanes.isOnlyDirect) this.#awayMs = null;
    else if (this.#awayMs === null) this.#awayMs = nowMs;
    else if (nowMs - this.#awayMs >= this.#seekMs) {
      this.#awayMs = nowMs;
      this.#seekMs = Math.min(this.#seekMs * 2, LONGEST_REST_MS);
      seekRelay();
    }
  }

  /** One of the two is lost, or not needed. */
  #giveUp(nowMs: number): void {
    const { lanes } = this.#context;
    if (!lanes.hasWebrtc || this.#relayRate !== null) lanes.takesWebrtc = false;
    this.#cancelLongest();
    this.#relayRate = null;
    this.#restart(nowMs);
  }

  #restart(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#from = null;
    this.#heldUp = 0;
    this.#acks = 0;
  }
}
