// Tells an offer that a program answers from one that a person reads: an end that has accepted before answers at once.

/** Ample for a program, in ms. */
export const ANSWER_MS = 2000;

export class AnswerTimer {
  readonly #onLate: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onLate called when there is no answer in time */
  constructor(onLate: () => void) {
    this.#onLate = onLate;
  }

  /** An offer is made. */
  start(): void {
    this.stop();
    this.#timer = setTimeout(this.#onLate, ANSWER_MS);
  }

  /** It is answered, or over. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
