// Guards nameplates against being tried one after the other: joins, failed joins and draws a minute, for each address and
// for each IPv6 site.
import type { FirstMessage } from '@p2p-copy/core/relay-protocol';
import { isNameplate } from '@p2p-copy/core/relay-protocol';
import type { DialectHello } from '../dialects/dialect.ts';
import { AttemptRate, steady } from '../limits/attempt-rate.ts';

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
  readonly #joins: AttemptRate;
  readonly #failures: AttemptRate;
  readonly #draws: AttemptRate;

  constructor(rates: JoinRates) {
    this.#joins = new AttemptRate(
      () => steady(rates.joinsPerMinutePerAddress),
      () => steady(rates.joinsPerMinutePerSite),
    );
    this.#failures = new AttemptRate(
      () => steady(rates.failedJoinsPerMinutePerAddress),
      () => steady(rates.failedJoinsPerMinutePerSite),
    );
    this.#draws = new AttemptRate(
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
