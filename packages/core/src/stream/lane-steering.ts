// How many lanes a sender's data takes. One is enough for most paths. Where a connection is bound by its window or by losses,
// several carry more: while the path holds the transfer up, more are tried, and kept if they bring something.
import type { Clock } from '../ports/clock.ts';
import type { CreditWindow } from './credit-window.ts';
import type { LanePool } from './lane-pool.ts';

/** Lanes of a transfer, unless an end wants fewer. */
export const MOST_LANES = 8;
/** A lane that carries this much is not what holds a transfer up. */
const FAST_BYTES_PER_S = 64e6;
/** A trial takes so many times the lanes, */
const GROWTH = 4;
/** and has succeeded with so many times the rate before it. */
const GAIN = 1.25;
/** Until what a change brings can be seen. */
const SETTLE_MS = 500;
/** A measurement takes at least so long, and so many acks. */
const MEASURE_MS = 1_000;
const MEASURE_ACKS = 4;
/** How long lanes may take to connect. */
const JOIN_MS = 15_000;
/** After a trial that brought nothing, the next one waits; twice as long each time. */
const FIRST_REST_MS = 30_000;

export interface LaneSteeringPorts {
  pool: Pick<LanePool, 'inUse' | 'isConnected' | 'isFull'>;
  credit: Pick<CreditWindow, 'writtenBytes' | 'hadRunOut'>;
  clock: Clock;
  open(lane: number): void;
}

interface Measurement {
  sinceMs: number;
  fromBytes: number;
  acks: number;
  heldUp: number;
}

/**
 * Lets data take `wanted` lanes, or as many as bring something; no more than the receiver wants.
 * @returns what is to be called after each ack of the receiver
 */
export function steerLanes(
  wanted: number | undefined,
  receiverLanes: number,
  ports: LaneSteeringPorts,
): () => void {
  const most = Math.min(wanted ?? MOST_LANES, receiverLanes);
  if (wanted === undefined) {
    const steering = new LaneSteering(most, ports);
    return () => steering.noteAck();
  }
  ports.pool.inUse = most;
  for (let lane = 1; lane < most; lane += 1) ports.open(lane);
  return () => {};
}

class LaneSteering {
  readonly #most: number;
  readonly #ports: LaneSteeringPorts;
  #measurement: Measurement | null = null;
  #opened = 1;
  #isJoining = false;
  #changedAtMs: number;
  #trial: { lanes: number; rate: number } | null = null;
  #restMs = FIRST_REST_MS;
  #restUntilMs = 0;

  /** @param most lanes that both ends want */
  constructor(most: number, ports: LaneSteeringPorts) {
    this.#most = most;
    this.#ports = ports;
    this.#changedAtMs = ports.clock.nowMs();
  }

  noteAck(): void {
    const { pool, credit, clock } = this.#ports;
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
    if (pool.isFull || credit.hadRunOut) measurement.heldUp += 1;
    const { sinceMs, fromBytes, acks, heldUp } = measurement;
    if (nowMs - sinceMs < MEASURE_MS || acks < MEASURE_ACKS) return;
    this.#measurement = null;
    const rate = ((writtenBytes - fromBytes) * 1000) / (nowMs - sinceMs);
    this.#judge(rate, heldUp * 2 >= acks, nowMs);
  }

  #awaitLanes(nowMs: number): void {
    if (this.#ports.pool.isConnected) {
      this.#isJoining = false;
      this.#changedAtMs = nowMs;
    } else if (nowMs - this.#changedAtMs > JOIN_MS) {
      this.#isJoining = false;
      this.#retreat(nowMs);
    }
  }

  #judge(rate: number, isHeldUp: boolean, nowMs: number): void {
    if (this.#trial !== null && rate < this.#trial.rate * GAIN) {
      this.#retreat(nowMs);
      return;
    }
    this.#trial = null;
    const { pool } = this.#ports;
    const lanes = pool.inUse;
    if (!isHeldUp || lanes >= this.#most || rate >= lanes * FAST_BYTES_PER_S || nowMs < this.#restUntilMs)
      return;
    this.#trial = { lanes, rate };
    this.#use(Math.min(GROWTH * lanes, this.#most), nowMs);
    this.#isJoining = true;
  }

  /** The lanes of the trial stay open, and are there for the next one. */
  #retreat(nowMs: number): void {
    this.#use(this.#trial!.lanes, nowMs);
    this.#trial = null;
    this.#restUntilMs = nowMs + this.#restMs;
    this.#restMs *= 2;
  }

  #use(lanes: number, nowMs: number): void {
    const { pool, open } = this.#ports;
    pool.inUse = lanes;
    while (this.#opened < lanes) open(this.#opened++);
    this.#changedAtMs = nowMs;
  }
}
