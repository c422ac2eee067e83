// Counts the keys that someone waits under or has reserved, in all and for each address, against the caps.
import type { CloseName } from '@p2p-copy/core/relay-protocol';

export interface WaitingCaps {
  maxWaiting: number;
  maxWaitingPerAddress: number;
}

export class WaitingRoom {
  readonly #caps: WaitingCaps;
  readonly #addressOfKey = new Map<string, string>();
  readonly #countOfAddress = new Map<string, number>();

  constructor(caps: WaitingCaps) {
    this.#caps = caps;
  }

  get size(): number {
    return this.#addressOfKey.size;
  }

  /** Why a newcomer can't wait, or null. Whoever already waits is never put out for one. */
  refusalFor(address: string): CloseName | null {
    if (this.#addressOfKey.size >= this.#caps.maxWaiting) return 'relay-full';
    if ((this.#countOfAddress.get(address) ?? 0) >= this.#caps.maxWaitingPerAddress) return 'rate-limited';
    return null;
  }

  /** Counts `key` for `address`, instead of the address that it counted for before. */
  enter(key: string, address: string): void {
    this.leave(key);
    this.#addressOfKey.set(key, address);
    this.#countOfAddress.set(address, (this.#countOfAddress.get(address) ?? 0) + 1);
  }

  leave(key: string): void {
    const address = this.#addressOfKey.get(key);
    if (address === undefined) return;
    this.#addressOfKey.delete(key);
    const left = this.#countOfAddress.get(address)! - 1;
    if (left === 0) this.#countOfAddress.delete(address);
    else this.#countOfAddress.set(address, left);
  }
}
