// Calls that may come often, passed on now and then.
import type { Clock } from '../foundation/clock.ts';

/** Progress is told this often. */
const PROGRESS_INTERVAL_MS = 100;

/** Passes a call on at most once per interval, except when forced. */
export class Throttle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, intervalMs = PROGRESS_INTERVAL_MS) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** Calls `call` unless the interval since the last passed call isn't over; always with `force`. */
  pass(call: () => void, force = false): void {
    const now = this.#clock.nowMs();
    if (!force && now - this.#lastMs < this.#intervalMs) return;
    this.#lastMs = now;
    call();
  }
}
