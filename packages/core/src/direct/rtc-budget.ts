// Places that checks of ICE may be sent to in a transfer, so that the other end can't have this one scan a network.
// docs/PROTOCOL.md section 18.
import type { RtcCandidate } from '../ports/rtc-network.ts';
import { MAX_DIALS, MAX_RTC_PLACES } from '../wire/limits.ts';
import { placeOf } from './rtc-candidates.ts';

/**
 * Bounds the candidates of all connections of a transfer together. Those of a connection that led to the other end don't count among
 * the first few: but which of them led there isn't known, so there is a bound for all.
 */
export class RtcBudget {
  readonly #checked = new Set<string>();
  #left = MAX_RTC_PLACES;

  /** Those of `candidates` that may be checked; counts them. */
  take(candidates: readonly RtcCandidate[]): RtcCandidate[] {
    return candidates.filter((candidate) => {
      const place = placeOf(candidate);
      if (this.#checked.has(place)) return true;
      if (this.#checked.size >= MAX_DIALS || this.#left === 0) return false;
      this.#checked.add(place);
      this.#left -= 1;
      return true;
    });
  }

  /** The other end proved itself on their connection. */
  giveBack(candidates: readonly RtcCandidate[]): void {
    for (const candidate of candidates) this.#checked.delete(placeOf(candidate));
  }
}
