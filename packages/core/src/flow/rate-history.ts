// The rate of a transfer from its beginning on, in few equal steps however long it takes: for a chart. Pure but for the clock.
import type { Clock } from '../foundation/clock.ts';

/** Points at most. When they are used up, each two become one, so that the whole transfer is always there. */
const MAX_POINTS = 120;
/** Length of a step at first. */
const FIRST_STEP_MS = 500;

/** Collects the rates of a transfer. */
export class RateHistory {
  readonly #clock: Pick<Clock, 'nowMs'>;
  #rates: readonly number[] = [];
  /** Where the next point begins, and how long one is. */
  #point: { fromMs: number; fromBytes: number };
  #stepMs = FIRST_STEP_MS;

  /** Collects from now on. */
  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
    this.#point = { fromMs: clock.nowMs(), fromBytes: 0 };
  }

  /** Bytes a second, a point for each step. Another array after each change. */
  get rates(): readonly number[] {
    return this.#rates;
  }

  /** Takes how many bytes have moved by now. A standstill shows as points of 0. */
  update(movedBytes: number): void {
    const nowMs = this.#clock.nowMs();
    const { fromMs, fromBytes } = this.#point;
    const points = Math.floor((nowMs - fromMs) / this.#stepMs);
    if (points === 0) return;
    const moved = Math.max(0, movedBytes - fromBytes);
    const still = Math.min(points - 1, MAX_POINTS);
    const last = (moved / (nowMs - fromMs - still * this.#stepMs)) * 1000;
    this.#rates = [...this.#rates, ...new Array<number>(still).fill(0), last];
    while (this.#rates.length > MAX_POINTS) this.#halve();
    this.#point = { fromMs: nowMs, fromBytes: movedBytes };
  }

  #halve(): void {
    const rates = this.#rates;
    this.#rates = Array.from({ length: Math.ceil(rates.length / 2) }, (_, i) => {
      const pair = rates.slice(2 * i, 2 * i + 2);
      return pair.reduce((sum, rate) => sum + rate, 0) / pair.length;
    });
    this.#stepMs *= 2;
  }
}
