// A rate of attempts, for an address and for the IPv6 site that it is in.
import { siteOf } from './address-block.ts';
import { type Pace, TokenBuckets } from './token-buckets.ts';

/** One rate, for an address and for the site that it is in. */
export class AttemptRate {
  readonly #ofAddress: TokenBuckets;
  readonly #ofSite: TokenBuckets;

  constructor(ofAddress: () => Pace, ofSite: () => Pace) {
    this.#ofAddress = new TokenBuckets(ofAddress);
    this.#ofSite = new TokenBuckets(ofSite);
  }

  has(address: string, nowMs: number): boolean {
    const site = siteOf(address);
    return this.#ofAddress.has(address, nowMs) && (site === null || this.#ofSite.has(site, nowMs));
  }

  /** Takes one from both; false, and nothing taken, when either has none. */
  take(address: string, nowMs: number): boolean {
    if (!this.has(address, nowMs)) return false;
    this.#ofAddress.take(address, nowMs);
    const site = siteOf(address);
    if (site !== null) this.#ofSite.take(site, nowMs);
    return true;
  }

  /** Takes `amount` from both in any case. */
  owe(address: string, amount: number, nowMs: number): void {
    this.#ofAddress.owe(address, amount, nowMs);
    const site = siteOf(address);
    if (site !== null) this.#ofSite.owe(site, amount, nowMs);
  }

  /** How long until `take` would succeed, in ms. */
  waitMs(address: string, nowMs: number): number {
    const site = siteOf(address);
    const ofSite = site === null ? 0 : this.#ofSite.waitMs(site, nowMs);
    return Math.max(this.#ofAddress.waitMs(address, nowMs), ofSite);
  }
}

/** As many attempts at once as in a minute. */
export function steady(perMinute: number): Pace {
  return { perMinute, burst: perMinute };
}
