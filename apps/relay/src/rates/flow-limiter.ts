// How fast one direction of a pair may go: its credit in bytes, for which it goes from bucket to bucket. Each of them has
// been charged before a byte passes, so none is ever exceeded, and the tightest sets the pace.
import type { BucketShare, FairBucket } from './fair-bucket.ts';

export class FlowLimiter {
  readonly #shares: readonly BucketShare[];
  readonly #quantum: number;
  /** Called when credit has come that was asked for in vain. */
  readonly #onCredit: () => void;
  /** Below 0: what has passed already and is paid next. */
  #credit = 0;
  /** Of the bucket that it waits at; null while it asks for nothing. */
  #stage: number | null = null;
  #cancel: () => void = () => {};
  #isEnded = false;

  /** @param buckets in the order in which they are asked: the one shared by most comes last */
  constructor(buckets: readonly FairBucket[], onCredit: () => void) {
    this.#shares = buckets.map((bucket) => bucket.share());
    this.#quantum = Math.min(...buckets.map((bucket) => bucket.quantum));
    this.#onCredit = onCredit;
  }

  /** How many of `wanted` bytes may pass now. With 0 it asks for more and calls `onCredit`. */
  take(wanted: number): number {
    while (this.#credit < wanted && this.#stage === null && !this.#isEnded) this.#pass(0);
    const taken = Math.max(0, Math.min(wanted, this.#credit));
    this.#credit -= taken;
    return taken;
  }

  /** Counts what passes in any case. False when nothing more may pass until `onCredit`. */
  owe(bytes: number): boolean {
    this.#credit -= bytes;
    while (this.#credit < 0 && this.#stage === null && !this.#isEnded) this.#pass(0);
    return this.#credit >= 0;
  }

  /** Gives back what wasn't used, and has what is owed paid at once. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#cancel();
    const charged = this.#shares.slice(0, this.#stage ?? 0);
    for (const { bucket } of charged) bucket.refund(this.#quantum);
    for (const { bucket } of this.#shares) {
      if (this.#credit > 0) bucket.refund(this.#credit);
      else bucket.charge(-this.#credit);
    }
    this.#stage = null;
    this.#credit = 0;
  }

  /** Takes the quantum from the bucket at `stage` and from all after it. @returns whether that is done */
  #pass(stage: number): boolean {
    for (let at = stage; at < this.#shares.length; at += 1) {
      const share = this.#shares[at]!;
      const cancel = share.request(this.#quantum, () => {
        if (this.#isEnded) share.bucket.refund(this.#quantum);
        else if (this.#pass(at + 1)) this.#wake();
      });
      if (cancel !== null) {
        this.#stage = at;
        this.#cancel = cancel;
        return false;
      }
    }
    this.#stage = null;
    this.#cancel = () => {};
    this.#credit += this.#quantum;
    return true;
  }

  #wake(): void {
    while (this.#credit <= 0) if (!this.#pass(0)) return;
    this.#onCredit();
  }
}
