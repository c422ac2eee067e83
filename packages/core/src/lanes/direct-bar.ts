// Keeps lanes from direct ways that stand and carry nothing, such as those that swallow long packets: else they would be met again and again.
import type { Clock } from '../foundation/clock.ts';

/** A little shorter than the times after which a direct path is sought again, since the other end's bar may begin a second later. */
const FIRST_REST_MS = 8_000;
const LONGEST_REST_MS = 480_000;
/** Connections that are lost within this were lost together: each end notices some of them later than others. */
const TOGETHER_MS = 5_000;

/** Bars direct ways for a rest that is doubled each time, until one has carried something. */
export class DirectBar {
  readonly #clock: Clock;
  #restMs = FIRST_REST_MS;
  #untilMs = 0;
  /** When one was lost that had carried something. */
  #provenLostMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isBarred(): boolean {
    return this.#clock.nowMs() < this.#untilMs;
  }

  /** A direct connection was lost. @param hasCarried whether anything got through on it */
  noteLost(hasCarried: boolean): void {
    const nowMs = this.#clock.nowMs();
    if (hasCarried) {
      this.#provenLostMs = nowMs;
      this.#restMs = FIRST_REST_MS;
      this.#untilMs = 0;
      return;
    }
    // What is lost with a path that works otherwise says nothing of the path; what is lost with others like it says the same once.
    if (this.isBarred || nowMs - this.#provenLostMs < TOGETHER_MS) return;
    this.#untilMs = nowMs + this.#restMs;
    this.#restMs = Math.min(this.#restMs * 2, LONGEST_REST_MS);
  }
}
