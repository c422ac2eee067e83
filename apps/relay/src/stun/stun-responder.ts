// Which datagrams get an answer. No state but the rates: the address of a datagram may be forged, so that nobody is sent more
// than those allow, and no answer is worth forging for.
import type { Socket } from 'node:dgram';
import type { Clock } from '@p2p-copy/core/foundation';
import { addressBlock } from '../limits/address-block.ts';
import { AttemptRate, steady } from '../limits/attempt-rate.ts';
import { TokenBuckets } from '../limits/token-buckets.ts';
import { answerTo, readBindingRequest } from './message.ts';

/** What became of a datagram. */
export const STUN_OUTCOMES = ['answered', 'not-sent', 'no-request', 'blocked', 'rate-limited'] as const;
export type StunOutcome = (typeof STUN_OUTCOMES)[number];

interface StunRates {
  readonly stunPerMinute: number;
  readonly stunPerMinutePerAddress: number;
  readonly stunPerMinutePerSite: number;
}

export interface StunContext {
  /** Read at each datagram. */
  readonly rates: StunRates;
  readonly clock: Clock;
  isBlocked(ip: string): boolean;
  /** Told what became of each datagram. */
  onOutcome(outcome: StunOutcome): void;
}

/** Of the rate of all together, what may be answered at once: a flood is spread over the minute. */
const BURSTS_A_MINUTE = 30;
/** All addresses together are one. */
const EVERYBODY = '';

export class StunResponder {
  readonly #context: StunContext;
  readonly #rate: AttemptRate;
  readonly #total: TokenBuckets;

  constructor(context: StunContext) {
    this.#context = context;
    const { rates } = context;
    this.#rate = new AttemptRate(
      () => steady(rates.stunPerMinutePerAddress),
      () => steady(rates.stunPerMinutePerSite),
    );
    this.#total = new TokenBuckets(() => ({
      perMinute: rates.stunPerMinute,
      burst: Math.max(1, rates.stunPerMinute / BURSTS_A_MINUTE),
    }));
  }

  /**
   * Takes a datagram, and sends the answer to it, if there is one.
   * @param ip address that it came from, with a zone where it has one
   * @param socket the one that it came by
   */
  take(datagram: Buffer, ip: string, port: number, socket: Pick<Socket, 'send'>): void {
    const { onOutcome } = this.#context;
    const request = readBindingRequest(datagram);
    if (request === null) onOutcome('no-request');
    else if (this.#context.isBlocked(ip)) onOutcome('blocked');
    else if (!this.#takesFrom(addressBlock(ip))) onOutcome('rate-limited');
    else {
      // Where there is no route, or a firewall is in the way, the system says so.
      socket.send(answerTo(request, ip, port), port, ip, (error) =>
        onOutcome(error === null ? 'answered' : 'not-sent'),
      );
    }
  }

  /** Who is over the own rate takes nothing of that of all. */
  #takesFrom(address: string): boolean {
    const nowMs = this.#context.clock.nowMs();
    return (
      this.#rate.has(address, nowMs) && this.#total.take(EVERYBODY, nowMs) && this.#rate.take(address, nowMs)
    );
  }
}
