// How long to wait between attempts that many ends make at the same moment, such as after a relay was started anew.

const SHORTEST_MS = 250;
const FIRST_LIMIT_MS = 1_000;
const LONGEST_MS = 5_000;

/** Pauses drawn uniformly from 250 ms to a limit: 1 s at first, doubled each time up to 5 s. */
export class JitteredPauses {
  readonly #random: () => number;
  #limitMs = FIRST_LIMIT_MS;

  /** @param random a number from 0 to below 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The pause before the next attempt, in ms. */
  next(): number {
    const limitMs = this.#limitMs;
    this.#limitMs = Math.min(2 * limitMs, LONGEST_MS);
    return SHORTEST_MS + this.#random() * (limitMs - SHORTEST_MS);
  }

  reset(): void {
    this.#limitMs = FIRST_LIMIT_MS;
  }
}
