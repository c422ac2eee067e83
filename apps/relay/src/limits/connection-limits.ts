// WebSockets at once, in all, from one address and from one IPv6 site, whatever they are doing.
import type { CapName } from '../ending.ts';
import { BlockCounter } from './block-counter.ts';

export interface ConnectionCaps {
  maxConnections: number;
  maxConnectionsPerAddress: number;
  maxConnectionsPerSite: number;
}

export class ConnectionLimits {
  readonly #maxConnections: number;
  readonly #blocks: BlockCounter;
  #count = 0;

  constructor({ maxConnections, maxConnectionsPerAddress, maxConnectionsPerSite }: ConnectionCaps) {
    this.#maxConnections = maxConnections;
    this.#blocks = new BlockCounter({
      perAddress: maxConnectionsPerAddress,
      perSite: maxConnectionsPerSite,
    });
  }

  /** Counts one more from `address`, or returns why it can't be. */
  enter(address: string): CapName | null {
    if (this.#count >= this.#maxConnections) return 'relay-full';
    if (!this.#blocks.hasRoom(address)) return 'rate-limited';
    this.#count += 1;
    this.#blocks.enter(address);
    return null;
  }

  /** Undoes one `enter`. */
  leave(address: string): void {
    this.#count -= 1;
    this.#blocks.leave(address);
  }
}
