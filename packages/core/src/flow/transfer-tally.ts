// How much a transfer moved and how long it took, from what an app is told of it: over all its sessions.

import type { Clock } from '../foundation/clock.ts';

/** Of a transfer’s events, what is counted. */
interface Counted {
  type: string;
  bytes?: number;
  keptBytes?: number;
}

/** Counts what one process moves of a transfer. */
export class TransferTally {
  readonly #clock: Pick<Clock, 'nowMs'>;
  #beganMs: number | null = null;
  /** Of the sessions before this one, and of this one. */
  #earlierBytes = 0;
  #sessionBytes = 0;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** Takes an event of the transfer, in order. */
  note({ type, bytes = 0, keptBytes = 0 }: Counted): void {
    if (type === 'accepted') {
      this.#beganMs ??= this.#clock.nowMs();
      this.#earlierBytes += this.#sessionBytes;
      this.#sessionBytes = 0;
    } else if (type === 'progress') this.#sessionBytes = Math.max(0, bytes - keptBytes);
  }

  /** Bytes that were moved, and ms since the first acceptance. */
  get total(): { movedBytes: number; elapsedMs: number } {
    const elapsedMs = this.#beganMs === null ? 0 : Math.round(this.#clock.nowMs() - this.#beganMs);
    return { movedBytes: this.#earlierBytes + this.#sessionBytes, elapsedMs };
  }
}
