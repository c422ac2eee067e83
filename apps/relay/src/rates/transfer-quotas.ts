// What each transfer has had so far, by the opaque key that its ends come back under: a new connection goes on counting
// where the last one stopped. The relay has no other sign of what belongs together, and wants none.
import type { Clock } from '@p2p-copy/core/foundation';
import { ByteQuota } from './byte-quota.ts';

/** How long a key is remembered after its last pair. */
const KEPT_MS = 86_400_000;
/** About 20 MB. Past it the one whose last pair ended first is forgotten. */
export const MAX_KEPT = 100_000;
/** A transfer that has used less than this part of its quota isn't remembered: many short ones would push out the others. */
const KEPT_PART = 100;

interface Row {
  readonly quota: ByteQuota;
  pairs: number;
  endedMs: number;
}

export class TransferQuotas {
  readonly #clock: Clock;
  readonly #maxKept: number;
  readonly #running = new Map<string, Row>();
  /** Without a pair at the moment, in the order in which their last ones ended. */
  readonly #kept = new Map<string, Row>();

  constructor(clock: Clock, maxKept = MAX_KEPT) {
    this.#clock = clock;
    this.#maxKept = maxKept;
  }

  /** Keys that are remembered without a pair. */
  get kept(): number {
    return this.#kept.size;
  }

  /** Whether nothing more may pass under `key`, and how long it will be so, in ms; null while something may. */
  waitMs(key: string, limit: number): number | null {
    this.#forget();
    const row = this.#running.get(key) ?? this.#kept.get(key);
    if (row === undefined || row.quota.used < limit) return null;
    return this.#running.has(key) ? KEPT_MS : row.endedMs + KEPT_MS - this.#clock.nowMs();
  }

  /** The quota of another pair under `key`. Each call is followed by one of `leave`. */
  enter(key: string, limit: number): ByteQuota {
    this.#forget();
    const row = this.#running.get(key) ??
      this.#kept.get(key) ?? { quota: new ByteQuota(limit), pairs: 0, endedMs: 0 };
    this.#kept.delete(key);
    this.#running.set(key, row);
    row.quota.limit = limit;
    row.pairs += 1;
    return row.quota;
  }

  leave(key: string): void {
    const row = this.#running.get(key);
    if (row === undefined) return;
    row.pairs -= 1;
    if (row.pairs > 0) return;
    this.#running.delete(key);
    row.endedMs = this.#clock.nowMs();
    if (row.quota.used * KEPT_PART >= row.quota.limit) this.#kept.set(key, row);
    this.#forget();
  }

  #forget(): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, { endedMs }] of this.#kept) {
      if (nowMs - endedMs < KEPT_MS && this.#kept.size <= this.#maxKept) return;
      this.#kept.delete(key);
    }
  }
}
