// Counts the keys that someone waits under or has reserved, in all and for each address, against the caps.
import type { CapName } from '../ending.ts';
import type { Place } from './seating.ts';

export interface WaitingCaps {
  maxWaiting: number;
  maxWaitingPerAddress: number;
}

export class WaitingRoom {
  readonly #caps: WaitingCaps;
  readonly #addressOfPlace = new Map<string, string>();
  readonly #countOfAddress = new Map<string, number>();

  constructor(caps: WaitingCaps) {
    this.#caps = caps;
  }

  get size(): number {
    return this.#addressOfPlace.size;
  }

  /** Why a newcomer can't wait, or null. Whoever already waits is never put out for one. */
  refusalFor(address: string): CapName | null {
    if (this.#addressOfPlace.size >= this.#caps.maxWaiting) return 'relay-full';
    if ((this.#countOfAddress.get(address) ?? 0) >= this.#caps.maxWaitingPerAddress) return 'rate-limited';
    return null;
  }

  /** Counts `place` for `address`, instead of the address that it counted for before. */
  enter(place: Place, address: string): void {
    this.leave(place);
    this.#addressOfPlace.set(nameOf(place), address);
    this.#countOfAddress.set(address, (this.#countOfAddress.get(address) ?? 0) + 1);
  }

  leave(place: Place): void {
    const address = this.#addressOfPlace.get(nameOf(place));
    if (address === undefined) return;
    this.#addressOfPlace.delete(nameOf(place));
    const left = this.#countOfAddress.get(address)! - 1;
    if (left === 0) this.#countOfAddress.delete(address);
    else this.#countOfAddress.set(address, left);
  }
}

/** A key alone could stand in two name spaces. */
function nameOf({ kind, key }: Place): string {
  return `${kind} ${key}`;
}
