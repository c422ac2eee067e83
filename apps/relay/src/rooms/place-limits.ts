// Places in rooms, in all, for each address and for each IPv6 site. A place is one stay of one connection in one room, so
// these bound rooms as well as members.
import type { CapName } from '../endings/ending.ts';
import { BlockCounter } from '../limits/block-counter.ts';

export interface PlaceCaps {
  maxPlaces: number;
  maxPlacesPerAddress: number;
  maxPlacesPerSite: number;
}

export class PlaceLimits {
  readonly #caps: PlaceCaps;
  readonly #blocks: BlockCounter;
  #count = 0;

  constructor(caps: PlaceCaps) {
    this.#caps = caps;
    this.#blocks = new BlockCounter(() => ({
      perAddress: caps.maxPlacesPerAddress,
      perSite: caps.maxPlacesPerSite,
    }));
  }

  get size(): number {
    return this.#count;
  }

  /** Why a connection of `address` can't have one more, or null. */
  refusalFor(address: string): CapName | null {
    if (this.#count >= this.#caps.maxPlaces) return 'relay-full';
    return this.#blocks.hasRoom(address) ? null : 'rate-limited';
  }

  enter(address: string): void {
    this.#count += 1;
    this.#blocks.enter(address);
  }

  /** Undoes one `enter`. */
  leave(address: string): void {
    this.#count -= 1;
    this.#blocks.leave(address);
  }
}
