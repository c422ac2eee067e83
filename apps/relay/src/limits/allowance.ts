// An amount that refills steadily, for one connection.

const MINUTE_MS = 60_000;

export class Allowance {
  readonly #perMinute: number;
  #left: number;
  #atMs: number;

  /** Full at the start. */
  constructor(perMinute: number, nowMs: number) {
    this.#perMinute = perMinute;
    this.#left = perMinute;
    this.#atMs = nowMs;
  }

  /** Takes `amount`; false, and nothing taken, when there is less. */
  take(amount: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }

  /** Takes `amount` in any case. How long until nothing is owed, in ms. */
  owe(amount: number, nowMs: number): number {
    this.#refill(nowMs);
    this.#left -= amount;
    return Math.max(0, Math.ceil((-this.#left * MINUTE_MS) / this.#perMinute));
  }

  #refill(nowMs: number): void {
    const filled = ((nowMs - this.#atMs) * this.#perMinute) / MINUTE_MS;
    this.#left = Math.min(this.#perMinute, this.#left + filled);
    this.#atMs = nowMs;
  }
}
