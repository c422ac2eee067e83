// Counts something for each address and for each IPv6 site, against a cap for either.
import { siteOf } from './address-block.ts';

export interface BlockCaps {
  readonly perAddress: number;
  readonly perSite: number;
}

export class BlockCounter {
  readonly #caps: BlockCaps;
  readonly #counts = new Map<string, number>();

  constructor(caps: BlockCaps) {
    this.#caps = caps;
  }

  /** @param address a key from `addressBlock` */
  hasRoom(address: string): boolean {
    if (this.#count(address) >= this.#caps.perAddress) return false;
    const site = siteOf(address);
    return site === null || this.#count(site) < this.#caps.perSite;
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
