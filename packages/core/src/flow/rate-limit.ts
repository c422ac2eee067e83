// A most for the rate at which content goes, at either end. It may be changed at any time, and holds over all sessions and lanes
// together. docs/PROTOCOL.md section 9.
import type { Clock } from '../foundation/clock.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

/** Time that a timer may be late and still be made up for: more would be a burst. */
const CATCH_UP_MS = 250;
/** A limited receiver grants as much at once as comes in this time. */
const WINDOW_MS = 1_000;
/** Less would leave a sender waiting for each answer. */
const MIN_WINDOW_BYTES = 2 * CHUNK_BYTES;

/** Lets bytes pass in turn, at no more than a rate. */
export class RateLimit {
  readonly #clock: Clock;
  #bytesPerSecond: number | null;
  /** From then on the next bytes may pass. */
  #freeMs = Number.NEGATIVE_INFINITY;
  readonly #waiting: { bytes: number; pass(): void }[] = [];
  #cancelTimer: (() => void) | null = null;

  /** @param bytesPerSecond null for no limit */
  constructor(clock: Clock, bytesPerSecond: number | null = null) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Bytes a second; null for no limit. */
  get bytesPerSecond(): number | null {
    return this.#bytesPerSecond;
  }

  /** Changes the limit, for what already waits too. */
  set(bytesPerSecond: number | null): void {
    const nowMs = this.#clock.nowMs();
    const before = this.#bytesPerSecond;
    this.#bytesPerSecond = bytesPerSecond;
    // What is owed was counted in bytes.
    if (before === null || bytesPerSecond === null) this.#freeMs = nowMs;
    else this.#freeMs = nowMs + Math.max(0, this.#freeMs - nowMs) * (before / bytesPerSecond);
    this.#pass();
  }

  /** Resolves when that many bytes may pass; in the order of the calls. */
  take(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, pass: resolve });
      if (this.#waiting.length === 1) this.#pass();
    });
  }

  /** Counts bytes that pass without having waited. */
  spend(bytes: number): void {
    const rate = this.#bytesPerSecond;
    if (rate !== null) this.#freeMs = this.#startMs() + (bytes * 1000) / rate;
  }

  /** How much a receiver under this limit grants beyond what it has written. @param most without a limit */
  windowBytes(most: number): number {
    const rate = this.#bytesPerSecond;
    if (rate === null) return most;
    return Math.min(most, Math.max(MIN_WINDOW_BYTES, Math.floor((rate * WINDOW_MS) / 1000)));
  }

  #startMs(): number {
    return Math.max(this.#freeMs, this.#clock.nowMs() - CATCH_UP_MS);
  }

  #pass(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const nowMs = this.#clock.nowMs();
      const dueMs = this.#bytesPerSecond === null ? nowMs : this.#freeMs;
      if (dueMs > nowMs) {
        this.#cancelTimer = this.#clock.after(Math.ceil(dueMs - nowMs), () => this.#pass());
        return;
      }
      this.spend(next.bytes);
      this.#waiting.shift();
      next.pass();
    }
  }
}
