// The highest rate at which content goes, at either end. It may be changed at any time, and holds over all sessions and lanes
// together. docs/PROTOCOL.md section 9.
import type { Clock } from '../foundation/clock.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

/** Time that a timer may be late and still be made up for: more would be a burst. */
const CATCH_UP_MS = 250;
/** A limited receiver grants as much beyond what it has written as comes in this time: a sender that was held up makes no more good. */
const WINDOW_MS = 500;
/** Less would leave a sender waiting for each answer. */
const MIN_WINDOW_BYTES = 2 * CHUNK_BYTES;
/** A limited receiver grants as much at once as comes in this time. */
const STEP_MS = 100;

interface Waiting {
  bytes: number;
  signal: AbortSignal | undefined;
  pass(): void;
}

/**
 * Lets bytes pass in turn, each when the time that they take is over: what has passed is never ahead of the rate, and behind it by
 * the piece that waits.
 */
export class RateLimit {
  readonly #clock: Clock;
  #bytesPerSecond: number | null;
  /** When the time of all that has passed was over; later than now while bytes that didn't wait are made up for. */
  #freeMs: number | null = null;
  /** When the time of the first that waits began. */
  #sinceMs: number | null = null;
  readonly #waiting: Waiting[] = [];
  readonly #heeded = new WeakSet<AbortSignal>();
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
    // Both were counted in bytes.
    const scaled = (fromMs: number | null) =>
      fromMs === null || before === null || bytesPerSecond === null
        ? null
        : nowMs - (nowMs - fromMs) * (before / bytesPerSecond);
    this.#freeMs = scaled(this.#freeMs);
    this.#sinceMs = scaled(this.#sinceMs);
    this.#pass();
  }

  /**
   * Resolves when that many bytes may pass; in the order of the calls.
   * @param signal aborted when they won't be sent any more: they keep nobody else waiting
   */
  take(bytes: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    // Once for a session: records that wait are many.
    if (signal !== undefined && !this.#heeded.has(signal)) {
      this.#heeded.add(signal);
      signal.addEventListener('abort', () => this.#dropOf(signal), { once: true });
    }
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, signal, pass: resolve });
      if (this.#waiting.length === 1) this.#pass();
    });
  }

  /** Counts bytes that pass without having waited: what comes later waits for them. */
  spend(bytes: number): void {
    const rate = this.#bytesPerSecond;
    if (rate === null) return;
    const madeUpMs = (bytes * 1000) / rate;
    if (this.#sinceMs !== null) this.#sinceMs += madeUpMs;
    else this.#freeMs = this.#startMs(this.#clock.nowMs()) + madeUpMs;
  }

  /** How much a receiver under this limit grants beyond what it has written. @param most without a limit */
  windowBytes(most: number): number {
    const rate = this.#bytesPerSecond;
    if (rate === null) return most;
    return Math.min(most, Math.max(MIN_WINDOW_BYTES, Math.floor((rate * WINDOW_MS) / 1000)));
  }

  /** How much a receiver under this limit grants at once. @param most without a limit */
  stepBytes(most: number): number {
    const rate = this.#bytesPerSecond;
    if (rate === null) return most;
    return Math.min(most, Math.max(1, Math.floor((rate * STEP_MS) / 1000)));
  }

  #dropOf(signal: AbortSignal): void {
    const dropped = this.#waiting.filter((waiting) => waiting.signal === signal);
    this.#waiting.splice(
      0,
      Number.POSITIVE_INFINITY,
      ...this.#waiting.filter((one) => one.signal !== signal),
    );
    for (const { pass } of dropped) pass();
    if (this.#waiting.length === 0 && this.#sinceMs !== null) {
      this.#freeMs = this.#sinceMs;
      this.#sinceMs = null;
    }
    this.#pass();
  }

  #pass(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const nowMs = this.#clock.nowMs();
      const rate = this.#bytesPerSecond;
      if (rate !== null) {
        this.#sinceMs ??= this.#startMs(nowMs);
        const dueMs = this.#sinceMs + (next.bytes * 1000) / rate;
        if (dueMs > nowMs) {
          this.#cancelTimer = this.#clock.after(Math.ceil(dueMs - nowMs), () => this.#pass());
          return;
        }
        this.#freeMs = dueMs;
        this.#sinceMs = null;
      }
      this.#waiting.shift();
      next.pass();
    }
  }

  #startMs(nowMs: number): number {
    return Math.max(this.#freeMs ?? nowMs, nowMs - CATCH_UP_MS);
  }
}
