// Which nameplates aren't free, and which one to give out next: short ones first, never guessable in sequence.
import { InvariantError } from '@p2p-copy/core/foundation';
import { FREE, type NameplateState } from './nameplate.ts';

interface Entry {
  state: NameplateState;
  /** Of its sender: the reservation counts against this address. */
  address: string;
}

const SHORTEST_RANGE_DIGITS = 2;
const LONGEST_RANGE_DIGITS = 9;

export class NameplateBook {
  readonly #entries = new Map<string, Entry>();
  readonly #takenByDigits = new Array<number>(LONGEST_RANGE_DIGITS + 1).fill(0);

  /** How many aren't free. */
  get size(): number {
    return this.#entries.size;
  }

  stateOf(nameplate: string): NameplateState {
    return this.#entries.get(nameplate)?.state ?? FREE;
  }

  addressOf(nameplate: string): string | null {
    return this.#entries.get(nameplate)?.address ?? null;
  }

  set(nameplate: string, state: NameplateState, address: string): void {
    const had = this.#entries.has(nameplate);
    const has = state.name !== 'free';
    if (has) this.#entries.set(nameplate, { state, address });
    else this.#entries.delete(nameplate);
    this.#takenByDigits[nameplate.length]! += Number(has) - Number(had);
  }

  /** The shortest length, from two digits on, of which less than half are taken. */
  roomyDigits(): number {
    for (let digits = SHORTEST_RANGE_DIGITS; digits < LONGEST_RANGE_DIGITS; digits++) {
      if (this.#takenByDigits[digits]! * 2 < 9 * 10 ** (digits - 1)) return digits;
    }
    return LONGEST_RANGE_DIGITS;
  }

  /**
   * Draws a free nameplate from the smallest of 1..99, 1..999, … that is less than half taken.
   * @param randomBelow a uniform whole number from 0 to `limit` − 1
   */
  draw(randomBelow: (limit: number) => number): string {
    let taken = this.#takenByDigits[1]!;
    for (let digits = SHORTEST_RANGE_DIGITS; digits <= LONGEST_RANGE_DIGITS; digits++) {
      taken += this.#takenByDigits[digits]!;
      const rangeSize = 10 ** digits - 1;
      if (taken * 2 < rangeSize) return this.#drawFrom(rangeSize, randomBelow);
    }
    throw new InvariantError('half of all nameplates are taken: no memory holds so many');
  }

  /** Less than half of the range is taken, so two draws do on average. */
  #drawFrom(rangeSize: number, randomBelow: (limit: number) => number): string {
    for (;;) {
      const nameplate = String(1 + randomBelow(rangeSize));
      if (!this.#entries.has(nameplate)) return nameplate;
    }
  }
}
