// Guards nameplates against being tried one after the other: joins and failed joins a minute, for each address and for
// each IPv6 site.
import type { ClassicHello, FirstMessage } from '@p2p-copy/core/relay-protocol';
import { isNameplate } from '@p2p-copy/core/relay-protocol';
import { siteOf } from './address-block.ts';
import { TokenBuckets } from './token-buckets.ts';

export interface JoinRates {
  joinsPerMinutePerAddress: number;
  joinsPerMinutePerSite: number;
  failedJoinsPerMinutePerAddress: number;
  failedJoinsPerMinutePerSite: number;
}

export class JoinLimits {
  readonly #joins: Rate;
  readonly #failures: Rate;

  constructor(rates: JoinRates) {
    this.#joins = new Rate(rates.joinsPerMinutePerAddress, rates.joinsPerMinutePerSite);
    this.#failures = new Rate(rates.failedJoinsPerMinutePerAddress, rates.failedJoinsPerMinutePerSite);
  }

  /** Whether this first message may be looked at. One that names no nameplate tells nothing, so it always may. */
  admits(message: FirstMessage | ClassicHello, address: string, nowMs: number): boolean {
    if (!namesNameplate(message)) return true;
    return this.#failures.has(address, nowMs) && this.#joins.take(address, nowMs);
  }

  countFailure(address: string, nowMs: number): void {
    this.#failures.take(address, nowMs);
  }
}

/** One rate, for an address and for the site that it is in. */
class Rate {
  readonly #ofAddress: TokenBuckets;
  readonly #ofSite: TokenBuckets;

  constructor(perAddress: number, perSite: number) {
    this.#ofAddress = new TokenBuckets(perAddress);
    this.#ofSite = new TokenBuckets(perSite);
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
}

/** To ask for a nameplate by number tells whether it is taken, as joining it does. */
function namesNameplate(message: FirstMessage | ClassicHello): boolean {
  switch (message.type) {
    case 'allocate':
      return message.nameplate !== null;
    case 'hello':
      return isNameplate(message.key);
    case 'classic-hello':
      return false;
  }
}
