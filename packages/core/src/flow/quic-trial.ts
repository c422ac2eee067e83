// Whether QUIC brings more than TCP between the same ends: tried where TCP is what holds the transfer up, each for 16 MiB, and kept
// if it brings 1.25 times as much. Where only QUIC was met, TCP is sought. docs/PROTOCOL.md section 18.
import type { Clock } from '../foundation/clock.ts';
import type { LanePool } from '../lanes/lane-pool.ts';
import type { DialledKind } from '../ports/path.ts';
import { MAX_QUIC_TRIALS } from '../wire/limits.ts';
import type { CreditWindow } from './credit-window.ts';

/** TCP that carries this much is left alone. */
const FAST_BYTES_PER_S = 64e6;
/** Ratio of the rate by QUIC to the rate by TCP from which QUIC is kept. */
const GAIN = 1.25;
/** What each is measured with, and for how long at least. */
const MEASURE_BYTES = 16 * 1024 * 1024;
const MEASURE_MS = 1_000;
/** Until what a change brings can be seen. */
const SETTLE_MS = 1_000;
/** Longest time between two acks of TCP that is measured. */
const GAP_MS = 1_000;
/** How long a lane of QUIC may take to connect. */
const JOIN_MS = 10_000;
/** With less to be sent a trial isn't worth what it costs. */
const WORTH_BYTES = 4 * MEASURE_BYTES;
/** From one trial to the next, doubled each time. */
const FIRST_REST_MS = 60_000;

/** What a trial looks at, and changes. */
export interface QuicTrialContext {
  lanes: Pick<LanePool, 'standsBy' | 'hasProvenDirect' | 'isMixed' | 'isFull' | 'preferred'>;
  credit: Pick<CreditWindow, 'writtenBytes' | 'hadRunOut'>;
  clock: Clock;
  /** Bytes to be sent; Infinity where that isn't known. */
  contentBytes: number;
  /** Whether both ends know both kinds. */
  hasBothKinds(): boolean;
  /** Opens a lane of a kind. */
  open(kind: DialledKind): void;
  /** Moves what lies on lanes of QUIC to others. */
  leaveQuic(): void;
}

interface Measurement {
  sinceMs: number;
  fromBytes: number;
  acks: number;
  heldUp: number;
}

type Phase =
  /** TCP carries the content, or QUIC for want of it, and is measured once the rest is over. */
  | { name: 'tcp'; measurement: Measurement | null }
  | { name: 'joining' }
  /** QUIC carries the content; measured from the first ack after it has settled. */
  | { name: 'trying'; isSettled: boolean; measurement: Measurement | null }
  | { name: 'kept'; measurement: Measurement };

/** Decides from acks whether data takes lanes of QUIC in place of those of TCP. */
export class QuicTrial {
  readonly #context: QuicTrialContext;
  #phase: Phase = { name: 'tcp', measurement: null };
  #ackedMs: number;
  /** The rate by TCP when it was measured last. */
  #tcpRate = 0;
  #trials = 0;
  #restMs = FIRST_REST_MS;
  #restUntilMs = 0;
  #cancel = () => {};

  constructor(context: QuicTrialContext) {
    this.#context = context;
    this.#ackedMs = context.clock.nowMs();
  }

  /** Whether QUIC is tried: nothing else is to be tried then. */
  get isUnderWay(): boolean {
    return this.#phase.name === 'joining' || this.#phase.name === 'trying';
  }

  /** To be called after each ack of the receiver. @param isOtherTried whether another trial is under way */
  noteAck(isOtherTried: boolean): void {
    const { lanes, clock, hasBothKinds } = this.#context;
    const nowMs = clock.nowMs();
    const isLate = nowMs - this.#ackedMs > GAP_MS;
    this.#ackedMs = nowMs;
    if (!hasBothKinds()) return;
    const { name } = this.#phase;
    if (name !== 'tcp' && name !== 'joining' && !lanes.standsBy('quic')) this.#returnToTcp();
    switch (this.#phase.name) {
      case 'tcp':
        this.#measure(this.#phase, isOtherTried || isLate);
        break;
      case 'joining':
        if (lanes.standsBy('quic')) this.#try();
        break;
      case 'trying':
        if (this.#phase.isSettled) this.#judge(this.#phase);
        break;
      case 'kept':
        this.#watch(this.#phase.measurement);
        break;
    }
  }

  /** The content is sent: nobody is to wait for the end of a trial. */
  finish(): void {
    if (this.isUnderWay) this.#returnToTcp();
    this.end();
  }

  /** Nothing is decided from here on. */
  end(): void {
    this.#cancel();
    this.#phase = { name: 'tcp', measurement: null };
    this.#trials = MAX_QUIC_TRIALS;
  }

  #measure(phase: Phase & { name: 'tcp' }, isDisturbed: boolean): void {
    const { lanes, clock, credit, contentBytes, open } = this.#context;
    const isTcp = lanes.standsBy('tcp');
    const isDirect = (isTcp || lanes.standsBy('quic')) && lanes.hasProvenDirect && !lanes.isMixed;
    const isWorth = contentBytes - credit.writtenBytes >= WORTH_BYTES;
    const isResting = this.#trials === MAX_QUIC_TRIALS || clock.nowMs() < this.#restUntilMs;
    if (!isDirect || !isWorth || isResting || isDisturbed) {
      phase.measurement = null;
      return;
    }
    phase.measurement ??= this.#begin();
    const rate = this.#rateOf(phase.measurement);
    if (rate === null) return;
    const { acks, heldUp } = phase.measurement;
    phase.measurement = null;
    if (heldUp * 2 < acks || rate >= FAST_BYTES_PER_S) return;
    this.#trials += 1;
    if (!isTcp) {
      // Once it stands, it is taken.
      this.#rest();
      open('tcp');
      return;
    }
    this.#tcpRate = rate;
    this.#phase = { name: 'joining' };
    this.#cancel = clock.after(JOIN_MS, () => this.#returnToTcp());
    if (!lanes.standsBy('quic')) open('quic');
  }

  #try(): void {
    const { lanes, clock } = this.#context;
    this.#cancel();
    const phase: Phase = { name: 'trying', isSettled: false, measurement: null };
    this.#phase = phase;
    lanes.preferred = 'quic';
    this.#cancel = clock.after(SETTLE_MS, () => {
      phase.isSettled = true;
      // A path that carries nothing brings no acks either.
      const enoughMs = (MEASURE_BYTES * 1000) / (this.#tcpRate * GAIN);
      this.#cancel = clock.after(Math.max(enoughMs, MEASURE_MS) + GAP_MS, () => this.#returnToTcp());
    });
  }

  #judge(phase: Phase & { name: 'trying' }): void {
    phase.measurement ??= this.#begin();
    const rate = this.#rateOf(phase.measurement);
    if (rate === null) return;
    if (rate < this.#tcpRate * GAIN) {
      this.#returnToTcp();
      return;
    }
    this.#cancel();
    this.#phase = { name: 'kept', measurement: this.#begin() };
  }

  /** The path may change: QUIC that brings less than TCP did is left. */
  #watch(measurement: Measurement): void {
    const rate = this.#rateOf(measurement, SETTLE_MS + GAP_MS + MEASURE_MS);
    if (rate === null) return;
    const { acks, heldUp } = measurement;
    if (heldUp * 2 >= acks && rate < this.#tcpRate) this.#returnToTcp();
    else this.#phase = { name: 'kept', measurement: this.#begin() };
  }

  #returnToTcp(): void {
    const { lanes, leaveQuic } = this.#context;
    this.#cancel();
    const isTaken = lanes.preferred === 'quic';
    lanes.preferred = 'tcp';
    this.#phase = { name: 'tcp', measurement: null };
    this.#rest();
    if (isTaken) leaveQuic();
  }

  #rest(): void {
    this.#restUntilMs = this.#context.clock.nowMs() + this.#restMs;
    this.#restMs *= 2;
  }

  #begin(): Measurement {
    const { clock, credit } = this.#context;
    return { sinceMs: clock.nowMs(), fromBytes: credit.writtenBytes, acks: 0, heldUp: 0 };
  }

  /** In bytes per second; null before enough was measured. @param mostMs after which fewer bytes are enough */
  #rateOf(measurement: Measurement, mostMs = Number.POSITIVE_INFINITY): number | null {
    const { lanes, credit, clock } = this.#context;
    measurement.acks += 1;
    if (lanes.isFull || credit.hadRunOut) measurement.heldUp += 1;
    const bytes = credit.writtenBytes - measurement.fromBytes;
    const ms = clock.nowMs() - measurement.sinceMs;
    const isEnough = (bytes >= MEASURE_BYTES && ms >= MEASURE_MS) || ms >= mostMs;
    return isEnough ? (bytes * 1000) / ms : null;
  }
}
