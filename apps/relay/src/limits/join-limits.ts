// Guards nameplates against being tried one after the other: joins, failed joins and draws a minute, for each address and
// for each IPv6 site.
import type { FirstMessage } from '@p2p-copy/core/relay-protocol';
import { isNameplate } from '@p2p-copy/core/relay-protocol';
import type { DialectHello } from '../dialects/dialect.ts';
import { siteOf } from './address-block.ts';
import { type Pace, TokenBuckets } from './token-buckets.ts';

export interface JoinRates {
  joinsPerMinutePerAddress: number;
  joinsPerMinutePerSite: number;
  failedJoinsPerMinutePerAddress: number;
  failedJoinsPerMinutePerSite: number;
  drawsPerMinutePerAddress: number;
  drawsPerMinutePerSite: number;
  drawBurstPerAddress: number;
  drawBurstPerSite: number;
}

export class JoinLimits {
  readonly #joins: Rate;
  readonly #failures: Rate;
  readonly #draws: Rate;

  constructor(rates: JoinRates) {
    const steady = (perMinute: number) => ({ perMinute, burst: perMinute });
    this.#joins = new Rate(
      () => steady(rates.joinsPerMinutePerAddress),
      () => steady(rates.joinsPerMinutePerSite),
    );
    this.#failures = new Rate(
      () => steady(rates.failedJoinsPerMinutePerAddress),
      () => steady(rates.failedJoinsPerMinutePerSite),
    );
    this.#draws = new Rate(
      () => ({ perMinute: rates.drawsPerMinutePerAddress, burst: rates.drawBurstPerAddress }),
      () => ({ perMinute: rates.drawsPerMinutePerSite, burst: rates.drawBurstPerSite }),
    );
  }

  /** Whether this first message may be looked at. One that names no nameplate tells nothing, so it always may. */
  admits(message: FirstMessage | DialectHello, address: string, nowMs: number): boolean {
    switch (attemptIn(message)) {
      case 'none':
        return true;
      case 'draw':
        return this.#draws.take(address, nowMs);
      case 'join':
        return this.#failures.has(address, nowMs) && this.#joins.take(address, nowMs);
    }
  }

  /** How long one that wasn't admitted would have to wait, in ms. */
  waitMs(message: FirstMessage | DialectHello, address: string, nowMs: number): number {
    if (attemptIn(message) === 'draw') return this.#draws.waitMs(address, nowMs);
    return Math.max(this.#failures.waitMs(address, nowMs), this.#joins.waitMs(address, nowMs));
  }

  countFailure(address: string, nowMs: number): void {
    this.#failures.take(address, nowMs);
  }
}

/** One rate, for an address and for the site that it is in. */
class Rate {
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

  /** How long until `take` would succeed, in ms. */
  waitMs(address: string, nowMs: number): number {
    const site = siteOf(address);
    const ofSite = site === null ? 0 : this.#ofSite.waitMs(site, nowMs);
    return Math.max(this.#ofAddress.waitMs(address, nowMs), ofSite);
  }
}

/**
 * To ask for a nameplate by number tells whether it is taken, as joining it does. Draws are apart: one sender may need a few,
 * and one address may have many senders.
 */
function attemptIn(message: FirstMessage | DialectHello): 'join' | 'draw' | 'none' {
  switch (message.type) {
    case 'allocate':
      if (message.nameplate === null) return 'none';
      return message.isDrawn ? 'draw' : 'join';
    case 'hello':
      return isNameplate(message.key) ? 'join' : 'none';
    case 'dialect-hello':
      return 'none';
  }
}
