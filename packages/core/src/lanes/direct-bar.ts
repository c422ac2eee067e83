// Keeps lanes from direct ways that stand and carry nothing, such as those that swallow long packets: else they would be met again and again.
import type { Clock } from '../foundation/clock.ts';

const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 600_000;

/** Bars direct ways for a rest that is doubled each time, until one has carried something. */
export class DirectBar {
  readonly #clock: Clock;
  #restMs = FIRST_REST_MS;
  #untilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isBarred(): boolean {
    return this.#clock.nowMs() < this.#untilMs;
  }

  /** A direct connection was lost. @param hasCarried whether anything got through on it */
  noteLost(hasCarried: boolean): void {
    if (hasCarried) {
      this.#restMs = FIRST_REST_MS;
      return;
    }
    // Connections that are lost together are one path.
    if (this.isBarred) return;
    this.#untilMs = this.#clock.nowMs() + this.#restMs;
    this.#restMs = Math.min(this.#restMs * 2, LONGEST_REST_MS);
  }
}
