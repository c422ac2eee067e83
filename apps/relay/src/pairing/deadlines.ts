// When pairing keys lapse. There are only a few different delays, so one queue for each stays sorted by itself.

export class Deadlines {
  readonly #queues = new Map<number, Map<string, number>>();

  /** Sets the one deadline of `key`. `nowMs` never goes back from one call to the next. */
  set(key: string, afterMs: number, nowMs: number): void {
    this.clear(key);
    const queue = this.#queues.get(afterMs) ?? new Map<string, number>();
    this.#queues.set(afterMs, queue);
    queue.set(key, nowMs + afterMs);
  }

  clear(key: string): void {
    for (const queue of this.#queues.values()) queue.delete(key);
  }

  /** Removes and returns the keys whose deadline has come. */
  takeDue(nowMs: number): string[] {
    const due: string[] = [];
    for (const queue of this.#queues.values()) {
      for (const [key, dueMs] of queue) {
        if (dueMs > nowMs) break;
        queue.delete(key);
        due.push(key);
      }
    }
    return due;
  }

  /** The earliest deadline, or null when there is none. */
  nextMs(): number | null {
    let earliest: number | null = null;
    for (const queue of this.#queues.values()) {
      for (const dueMs of queue.values()) {
        if (earliest === null || dueMs < earliest) earliest = dueMs;
        break;
      }
    }
    return earliest;
  }
}
