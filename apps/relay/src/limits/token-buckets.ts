// A rate of attempts for each address: a bucket of tokens that fills up again steadily.

export interface Pace {
  /** Tokens that a bucket gains in a minute. */
  readonly perMinute: number;
  /** Tokens in a full bucket. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const MINUTE_MS = 60_000;
/** About 10 MB. Past it the address that has been quiet longest starts afresh. */
export const MAX_ADDRESSES = 100_000;

export class TokenBuckets {
  readonly #pace: () => Pace;
  readonly #maxAddresses: number;
  /** The one used last stands last. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param pace asked each time, as it may change */
  constructor(pace: () => Pace, maxAddresses = MAX_ADDRESSES) {
    this.#pace = pace;
    this.#maxAddresses = maxAddresses;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Whether `take` would succeed. */
  has(address: string, nowMs: number): boolean {
    return this.#tokensOf(address, nowMs) >= 1;
  }

  /** Takes a token; false, and nothing taken, when there is none. */
  take(address: string, nowMs: number): boolean {
    const tokens = this.#tokensOf(address, nowMs);
    if (tokens < 1) return false;
    this.#buckets.delete(address);
    this.#buckets.set(address, { tokens: tokens - 1, atMs: nowMs });
    this.#evict(nowMs);
    return true;
  }

  /** Takes `amount` in any case: below 0 it is owed. */
  owe(address: string, amount: number, nowMs: number): void {
    const tokens = this.#tokensOf(address, nowMs);
    this.#buckets.delete(address);
    this.#buckets.set(address, { tokens: tokens - amount, atMs: nowMs });
    this.#evict(nowMs);
  }

  /** How long until `take` would succeed, in whole ms; 0 for at once. */
  waitMs(address: string, nowMs: number): number {
    const missing = 1 - this.#tokensOf(address, nowMs);
    return missing <= 0 ? 0 : Math.ceil((missing * MINUTE_MS) / this.#pace().perMinute);
  }

  #tokensOf(address: string, nowMs: number): number {
    const { perMinute, burst } = this.#pace();
    const bucket = this.#buckets.get(address);
    if (bucket === undefined) return burst;
    const filled = ((nowMs - bucket.atMs) * perMinute) / MINUTE_MS;
    return Math.min(burst, bucket.tokens + filled);
  }

  /** A bucket that has been quiet for long enough is full, which is what a missing one counts as. */
  #evict(nowMs: number): void {
    const { burst } = this.#pace();
    for (const address of this.#buckets.keys()) {
      const isFull = this.#tokensOf(address, nowMs) >= burst;
      if (!isFull && this.#buckets.size <= this.#maxAddresses) return;
      this.#buckets.delete(address);
    }
  }
}
