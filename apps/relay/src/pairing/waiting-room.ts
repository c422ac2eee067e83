// Counts the keys that someone waits under or has reserved, in all, for each address and for each IPv6 site, against the
// caps.
import type { CapName } from '../endings/ending.ts';
import { BlockCounter } from '../limits/block-counter.ts';
import { nameOf, type Place } from './seating.ts';

export interface WaitingCaps {
  maxWaiting: number;
  maxWaitingPerAddress: number;
  maxWaitingPerSite: number;
}

export class WaitingRoom {
  readonly #caps: WaitingCaps;
  readonly #addressOfPlace = new Map<string, string>();
  readonly #blocks: BlockCounter;

  constructor(caps: WaitingCaps) {
    this.#caps = caps;
    this.#blocks = new BlockCounter(() => ({
      perAddress: caps.maxWaitingPerAddress,
      perSite: caps.maxWaitingPerSite,
    }));
  }

  get size(): number {
    return this.#addressOfPlace.size;
  }

  /** Why a newcomer can't wait, or null. Whoever already waits is never put out for one. */
  refusalFor(address: string): CapName | null {
    if (this.#addressOfPlace.size >= this.#caps.maxWaiting) return 'relay-full';
    return this.#blocks.hasRoom(address) ? null : 'rate-limited';
  }

  /** Counts `place` for `address`, instead of the address that it counted for before. */
  enter(place: Place, address: string): void {
    this.leave(place);
    this.#addressOfPlace.set(nameOf(place), address);
    this.#blocks.enter(address);
  }

  leave(place: Place): void {
    const address = this.#addressOfPlace.get(nameOf(place));
    if (address === undefined) return;
    this.#addressOfPlace.delete(nameOf(place));
    this.#blocks.leave(address);
  }
}
