// A token bucket of bytes with a queue before it. Requests are served by start-time fair queueing (Goyal, Vin and Cheng,
// 1996): of those that wait, the one whose flow has had the fewest bytes; with requests of one size that is round robin.
// It starts empty, so that nobody gains by coming back.
import type { Clock } from '@p2p-copy/core/foundation';

/** What the bucket holds at most: the bytes of this time. A relay that was busy for longer doesn't make up for it. */
const CAPACITY_MS = 250;
/** What a flow asks for at once: the bytes of this time, */
const QUANTUM_MS = 50;
/** and no more than one read brings. */
const MAX_QUANTUM_BYTES = 64 * 1024;

interface Request {
  readonly bytes: number;
  /** Virtual time at which its service begins. */
  readonly start: number;
  readonly onGranted: () => void;
}

export class FairBucket {
  readonly #clock: Clock;
  readonly #waiting: Request[] = [];
  #bytesPerSecond: number;
  /** In thousandths of a byte, so that whole milliseconds add up exactly. */
  #level = 0;
  #atMs: number;
  #virtualTime = 0;
  #cancelTimer: (() => void) | null = null;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
    this.#atMs = clock.nowMs();
  }

  /** Bytes that a flow may ask for at once. */
  get quantum(): number {
    const bytes = Math.floor((this.#bytesPerSecond * QUANTUM_MS) / 1000);
    return Math.max(1, Math.min(MAX_QUANTUM_BYTES, bytes));
  }

  /** Another rate from now on. */
  set bytesPerSecond(rate: number) {
    this.#fill();
    this.#bytesPerSecond = rate;
    this.#schedule();
  }

  /** Another flow through this bucket. */
  share(): BucketShare {
    return new BucketShare(this);
  }

  /** Puts back what wasn't used. */
  refund(bytes: number): void {
    this.#fill();
    this.#level = Math.min(this.#capacity, this.#level + bytes * 1000);
    this.#serve();
  }

  /** Takes what has passed already. What it owes is bounded, so that one flow can't hold up the others for long. */
  charge(bytes: number): void {
    this.#fill();
    this.#level = Math.max(-this.#capacity, this.#level - bytes * 1000);
  }

  /**
   * Takes `bytes` at once, or calls `onGranted` when it has.
   * @param start virtual time at which the flow's last request was served in full
   * @returns the virtual time at which this one is served, and what cancels it; null once it is granted
   */
  request(
    bytes: number,
    start: number,
    onGranted: () => void,
  ): { start: number; cancel: (() => void) | null } {
    this.#fill();
    const request = { bytes, start: Math.max(start, this.#virtualTime), onGranted };
    if (this.#waiting.length === 0 && this.#level >= bytes * 1000) {
      this.#level -= bytes * 1000;
      this.#virtualTime = request.start;
      return { start: request.start, cancel: null };
    }
    let at = this.#waiting.length;
    while (at > 0 && this.#waiting[at - 1]!.start > request.start) at -= 1;
    this.#waiting.splice(at, 0, request);
    this.#schedule();
    return { start: request.start, cancel: () => this.#cancel(request) };
  }

  get #capacity(): number {
    // A request from before the rate was lowered has to fit in, too.
    const largest = Math.max(this.quantum, this.#waiting[0]?.bytes ?? 0);
    return Math.max(this.#bytesPerSecond * CAPACITY_MS, largest * 1000);
  }

  #fill(): void {
    const nowMs = this.#clock.nowMs();
    this.#level = Math.min(this.#capacity, this.#level + (nowMs - this.#atMs) * this.#bytesPerSecond);
    this.#atMs = nowMs;
  }

  #serve(): void {
    let served = 0;
    for (const { bytes, start } of this.#waiting) {
      if (this.#level < bytes * 1000) break;
      this.#level -= bytes * 1000;
      this.#virtualTime = start;
      served += 1;
    }
    // Whoever is granted something may come back with the next request at once.
    for (const { onGranted } of this.#waiting.splice(0, served)) onGranted();
    this.#schedule();
  }

  /** Wakes up when the first in the queue can be served. */
  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const first = this.#waiting[0];
    if (first === undefined) return;
    const delayMs = Math.ceil((first.bytes * 1000 - this.#level) / this.#bytesPerSecond);
    this.#cancelTimer = this.#clock.after(Math.max(1, delayMs), () => {
      this.#cancelTimer = null;
      this.#fill();
      this.#serve();
    });
  }

  #cancel(request: Request): void {
    const at = this.#waiting.indexOf(request);
    if (at === -1) return;
    this.#waiting.splice(at, 1);
    this.#schedule();
  }
}

/** What one flow has had of one bucket. */
export class BucketShare {
  readonly bucket: FairBucket;
  /** Virtual time at which all it has asked for is served. */
  #finish = 0;

  constructor(bucket: FairBucket) {
    this.bucket = bucket;
  }

  /** As `FairBucket.request`: null when the bytes were taken at once. */
  request(bytes: number, onGranted: () => void): (() => void) | null {
    const { start, cancel } = this.bucket.request(bytes, this.#finish, onGranted);
    this.#finish = start + bytes;
    return cancel;
  }
}
