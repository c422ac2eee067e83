// How long to wait between attempts: twice as long each time, from the start again once something has worked.

const FIRST_MS = 250;
const LONGEST_MS = 15_000;

/** Growing pauses between attempts: 250 ms, doubled each time up to 15 s. */
export class Backoff {
  #nextMs = FIRST_MS;

  /** The pause before the next attempt, in ms. */
  next(): number {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(this.#nextMs * 2, LONGEST_MS);
    return pauseMs;
  }

  reset(): void {
    this.#nextMs = FIRST_MS;
  }
}
