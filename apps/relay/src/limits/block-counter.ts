// Counts something for each address and for each IPv6 site, against a cap for either.
import { siteOf } from './address-block.ts';

export interface BlockCaps {
  readonly perAddress: number;
  readonly perSite: number;
}

export class BlockCounter {
  readonly #caps: () => BlockCaps;
  readonly #counts = new Map<string, number>();

  /** @param caps asked each time, as they may change */
  constructor(caps: () => BlockCaps) {
    this.#caps = caps;
  }

  /** @param address a key from `addressBlock` */
  hasRoom(address: string): boolean {
    const { perAddress, perSite } = this.#caps();
    if (this.#count(address) >= perAddress) return false;
    const site = siteOf(address);
    return site === null || this.#count(site) < perSite;
  }

  enter(address: string): void {
    for (const key of keysOf(address)) this.#counts.set(key, this.#count(key) + 1);
  }

  /** Undoes one `enter`. */
  leave(address: string): void {
    for (const key of keysOf(address)) {
      const left = this.#count(key) - 1;
      if (left === 0) this.#counts.delete(key);
      else this.#counts.set(key, left);
    }
  }

  #count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }
}

function keysOf(address: string): string[] {
  const site = siteOf(address);
  return site === null ? [address] : [address, site];
}
