// Guards nameplates against being tried one after the other: joins, failed joins and draws a minute, for each address.
import type { ClassicHello, FirstMessage } from '@p2p-copy/core/relay-protocol';
import { isNameplate } from '@p2p-copy/core/relay-protocol';
import { TokenBuckets } from './token-buckets.ts';

export interface JoinRates {
  joinsPerMinutePerAddress: number;
  failedJoinsPerMinutePerAddress: number;
  drawsPerMinutePerAddress: number;
  drawBurstPerAddress: number;
}

export class JoinLimits {
  readonly #joins: TokenBuckets;
  readonly #failures: TokenBuckets;
  readonly #draws: TokenBuckets;

  constructor(rates: JoinRates) {
    this.#joins = new TokenBuckets(rates.joinsPerMinutePerAddress);
    this.#failures = new TokenBuckets(rates.failedJoinsPerMinutePerAddress);
    this.#draws = new TokenBuckets(rates.drawsPerMinutePerAddress, rates.drawBurstPerAddress);
  }

  /** Whether this first message may be looked at. One that names no nameplate tells nothing, so it always may. */
  admits(message: FirstMessage | ClassicHello, address: string, nowMs: number): boolean {
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
  waitMs(message: FirstMessage | ClassicHello, address: string, nowMs: number): number {
    if (attemptIn(message) === 'draw') return this.#draws.waitMs(address, nowMs);
    return Math.max(this.#failures.waitMs(address, nowMs), this.#joins.waitMs(address, nowMs));
  }

  countFailure(address: string, nowMs: number): void {
    this.#failures.take(address, nowMs);
  }
}

/**
 * To ask for a nameplate by number tells whether it is taken, as joining it does. Draws are apart: one sender may need a few,
 * and one address may have many senders.
 */
function attemptIn(message: FirstMessage | ClassicHello): 'join' | 'draw' | 'none' {
  switch (message.type) {
    case 'allocate':
      if (message.nameplate === null) return 'none';
      return message.isDrawn ? 'draw' : 'join';
    case 'hello':
      return isNameplate(message.key) ? 'join' : 'none';
    case 'classic-hello':
      return 'none';
  }
}
