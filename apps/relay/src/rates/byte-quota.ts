// How many bytes may pass in all: of one transfer, or of one payer in a day. Several pairs may draw on one quota.
import type { Clock } from '@p2p-copy/core/foundation';

export class ByteQuota {
  /** Bytes that may pass; a setting may change it. */
  limit: number;
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  get left(): number {
    return Math.max(0, this.limit - this.#used);
  }

  spend(bytes: number): void {
    this.#used += bytes;
  }
}

const DAY_MS = 86_400_000;

/** One that is whole again 24 hours after the first byte that was counted. */
export class DayQuota {
  readonly #clock: Clock;
  #day: ByteQuota;
  #untilMs = 0;

  constructor(limit: number, clock: Clock) {
    this.#clock = clock;
    this.#day = new ByteQuota(limit);
  }

  set limit(bytes: number) {
    this.#day.limit = bytes;
  }

  get left(): number {
    this.#turn();
    return this.#day.left;
  }

  /** Until it is whole again, in ms. */
  get waitMs(): number {
    return Math.max(0, this.#untilMs - this.#clock.nowMs());
  }

  spend(bytes: number): void {
    this.#turn();
    if (this.#day.used === 0) this.#untilMs = this.#clock.nowMs() + DAY_MS;
    this.#day.spend(bytes);
  }

  #turn(): void {
    if (this.#day.used > 0 && this.waitMs === 0) this.#day = new ByteQuota(this.#day.limit);
  }
}
