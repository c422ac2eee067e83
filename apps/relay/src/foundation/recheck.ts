// Waiting for something that is looked at again after each event.
import type { Clock } from '@p2p-copy/core/foundation';

/** One wait at a time for a condition, which is checked whenever `look` is called. */
export class Recheck {
  readonly #clock: Clock;
  #onLook: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something happened on which the condition may depend. */
  look(): void {
    this.#onLook();
  }

  /** Resolves when `isDone` holds, or after `limitMs`. */
  until(isDone: () => boolean, limitMs: number): Promise<void> {
    if (isDone() || limitMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        this.#onLook = () => {};
        cancel();
        resolve();
      };
      const cancel = this.#clock.after(limitMs, finish);
      this.#onLook = () => {
        if (isDone()) finish();
      };
    });
  }
}
