// Places that checks of ICE may be sent to in a transfer, so that the other end can't have this one scan a network.
// docs/PROTOCOL.md section 18.
import type { RtcCandidate } from '../ports/rtc-network.ts';
import { MAX_DIALS } from '../wire/limits.ts';
import { placeOf } from './rtc-candidates.ts';

/** Bounds the candidates of all connections of a transfer together, but for those that led to the other end. */
export class RtcBudget {
  readonly #checked = new Set<string>();

  /** Those of `candidates` that may be checked; counts them. */
  take(candidates: readonly RtcCandidate[]): RtcCandidate[] {
    return candidates.filter((candidate) => {
      const place = placeOf(candidate);
      if (!this.#checked.has(place) && this.#checked.size >= MAX_DIALS) return false;
      this.#checked.add(place);
      return true;
    });
  }

  /** The other end proved itself on their connection. */
  giveBack(candidates: readonly RtcCandidate[]): void {
    for (const candidate of candidates) this.#checked.delete(placeOf(candidate));
  }
}
