// Which offers of one's own devices are taken up: one at a time, from devices that are waited for, and without asking only from those
// that may. A device that asks and doesn't come keeps the others waiting once, not again and again.
import { type DeviceOffer, type ErrorCode, hexOf } from '@p2p-copy/core';
import type { OwnDevice } from '../../state/devices/device-file.ts';
import { isMember } from '../../state/devices/follow-devices.ts';

/** For a device that asked and didn't come, before it is taken up again; twice as long each time. */
const FIRST_PAUSE_MS = 30_000;
const MOST_PAUSE_MS = 30 * 60_000;

export interface OfferRules {
  /** Every device of one's own, or those that are named. */
  isAny: boolean;
  /** Keys in hex of those that are named. */
  named: ReadonlySet<string>;
  /** Whether a person is asked about each offer. */
  mayAsk: boolean;
  /** As it is kept at that moment. */
  device(): OwnDevice;
  nowMs(): number;
}

/** Takes up one offer for each call of `next`. */
export class OfferDesk {
  readonly #rules: OfferRules;
  readonly #absent = new Map<string, { pauseMs: number; untilMs: number }>();
  #take: ((offer: DeviceOffer) => void) | null = null;

  constructor(rules: OfferRules) {
    this.#rules = rules;
  }

  /** Resolves with the next offer that is taken up. */
  next(): Promise<DeviceOffer> {
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  /** Why an offer isn't taken up here, before anything of it is known; null where it is. */
  answer(offer: DeviceOffer): ErrorCode | null {
    const { isAny, named } = this.#rules;
    const key = hexOf(offer.publicKey);
    if (!isAny && !named.has(key)) return 'declined';
    if (!this.mayTake(offer.publicKey)) return 'declined';
    const absent = this.#absent.get(key);
    if (this.#take === null || (absent !== undefined && this.#rules.nowMs() < absent.untilMs))
      return 'device-busy';
    this.#take(offer);
    this.#take = null;
    return null;
  }

  /**
   * Whether a person is asked, or nobody has to be: about a page somebody always has, and about a device that another one added until
   * this one's person has named it, and about all of them while the lists of two devices differ.
   */
  mayTake(publicKey: Uint8Array): boolean {
    const { mayAsk, named, device } = this.#rules;
    const { group } = device();
    const key = hexOf(publicKey);
    if (group === null || !isMember(device(), key)) return false;
    return mayAsk || (group.mayAcceptByRule(publicKey) && (named.has(key) || !group.isIntroduced(publicKey)));
  }

  /** Whether a device that asked has come. */
  note(publicKey: Uint8Array, isMet: boolean): void {
    const key = hexOf(publicKey);
    const before = this.#absent.get(key);
    if (isMet) {
      this.#absent.delete(key);
      return;
    }
    const pauseMs = before === undefined ? FIRST_PAUSE_MS : Math.min(2 * before.pauseMs, MOST_PAUSE_MS);
    this.#absent.set(key, { pauseMs, untilMs: this.#rules.nowMs() + pauseMs });
  }
}
