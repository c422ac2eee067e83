// How many WebSockets there may be at once, in all and from one address, whatever they are doing.
import type { CapName } from '../ending.ts';

export interface ConnectionCaps {
  maxConnections: number;
  maxConnectionsPerAddress: number;
}

export class ConnectionLimits {
  readonly #caps: ConnectionCaps;
  readonly #countOfAddress = new Map<string, number>();
  #count = 0;

  constructor(caps: ConnectionCaps) {
    this.#caps = caps;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts one more from `address`, or returns why it can't be. */
  enter(address: string): CapName | null {
    const ofAddress = this.#countOfAddress.get(address) ?? 0;
    if (this.#count >= this.#caps.maxConnections) return 'relay-full';
    if (ofAddress >= this.#caps.maxConnectionsPerAddress) return 'rate-limited';
    this.#count += 1;
    this.#countOfAddress.set(address, ofAddress + 1);
    return null;
  }

  /** Undoes one `enter`. */
  leave(address: string): void {
    this.#count -= 1;
    const left = this.#countOfAddress.get(address)! - 1;
    if (left === 0) this.#countOfAddress.delete(address);
    else this.#countOfAddress.set(address, left);
  }
}
