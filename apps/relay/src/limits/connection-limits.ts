// WebSockets at once, in all, from one address and from one IPv6 site, whatever they are doing.
import type { CapName } from '../endings/ending.ts';
import { BlockCounter } from './block-counter.ts';

export interface ConnectionCaps {
  maxConnections: number;
  maxConnectionsPerAddress: number;
  maxConnectionsPerSite: number;
}

export class ConnectionLimits {
  readonly #caps: ConnectionCaps;
  readonly #blocks: BlockCounter;
  #count = 0;

  constructor(caps: ConnectionCaps) {
    this.#caps = caps;
    this.#blocks = new BlockCounter(() => ({
      perAddress: caps.maxConnectionsPerAddress,
      perSite: caps.maxConnectionsPerSite,
    }));
  }

  /** Counts one more from `address`, or returns why it can't be. */
  enter(address: string): CapName | null {
    if (this.#count >= this.#caps.maxConnections) return 'relay-full';
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
