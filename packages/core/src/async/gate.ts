// Lets a bounded number of tasks run at once; the others wait in order.

/** Lets a bounded number of tasks run at once; the others wait in order. */
export class Gate {
  #free: number;
  readonly #waiting: { admit: () => void; turnAway: (error: unknown) => void }[] = [];

  constructor(width: number) {
    this.#free = width;
  }

  /** Waits for a place. Each `enter` is followed by one `leave`. */
  async enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((admit, turnAway) => {
      this.#waiting.push({ admit, turnAway });
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next.admit();
  }

  /** Turns away whoever waits now. */
  clear(error: unknown): void {
    for (const { turnAway } of this.#waiting.splice(0)) turnAway(error);
  }
}
