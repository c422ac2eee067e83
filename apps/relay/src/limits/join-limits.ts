// Guards nameplates against being tried one after the other: joins and failed joins a minute, for each address.
import type { ClassicHello, FirstMessage } from '@p2p-copy/core/relay-protocol';
import { isNameplate } from '@p2p-copy/core/relay-protocol';
import { TokenBuckets } from './token-buckets.ts';

export interface JoinRates {
  joinsPerMinutePerAddress: number;
  failedJoinsPerMinutePerAddress: number;
}

export class JoinLimits {
  readonly #joins: TokenBuckets;
  readonly #failures: TokenBuckets;

  constructor(rates: JoinRates) {
    this.#joins = new TokenBuckets(rates.joinsPerMinutePerAddress);
    this.#failures = new TokenBuckets(rates.failedJoinsPerMinutePerAddress);
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
