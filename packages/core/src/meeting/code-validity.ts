// How long the codes of one `send` are valid. docs/PROTOCOL.md section 4.

import type { Clock } from '../foundation/clock.ts';
import { MAX_WAIT_MS } from '../wire/limits.ts';

/** Time between two looks at a joiner that proves itself when the time is over, in ms. */
const LOOK_AGAIN_MS = 1_000;

/** The time for which somebody may join, from the first code on. */
export class CodeValidity {
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #expire: () => boolean;
  #untilMs: number | null = null;
  #cancel = () => {};

  /**
   * @param waitMs MAX_WAIT_MS at most; more counts as that
   * @param expire ends the wait; false while somebody proves to know the code, who isn't interrupted
   */
  constructor(clock: Clock, waitMs: number, expire: () => boolean) {
    this.#clock = clock;
    this.#waitMs = Math.min(waitMs, MAX_WAIT_MS);
    this.#expire = expire;
  }

  /** How much is left, in ms. The first call begins it. */
  leftMs(): number {
    const nowMs = this.#clock.nowMs();
    if (this.#untilMs === null) {
      this.#untilMs = nowMs + this.#waitMs;
      this.#cancel = this.#clock.after(this.#waitMs, () => this.#look());
    }
    return Math.max(0, Math.round(this.#untilMs - nowMs));
  }

  /** The time doesn't matter any more. */
  end(): void {
    this.#cancel();
  }

  #look(): void {
    if (!this.#expire()) this.#cancel = this.#clock.after(LOOK_AGAIN_MS, () => this.#look());
  }
}
