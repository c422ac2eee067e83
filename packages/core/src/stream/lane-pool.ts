// The lanes of a running transfer, for the sender: a record goes to whichever has the least to carry.
import type { Bytes } from '../foundation/bytes.ts';
import { invariant } from '../foundation/errors.ts';
import type { Lane } from './lane.ts';

/** A lane takes another record while it has at most this much queued: enough to keep a fast path busy. */
const LANE_BUFFER_BYTES = 1024 * 1024;

export class LanePool {
  readonly #lanes: Lane[] = [];

  add(lane: Lane): void {
    this.#lanes.push(lane);
  }

  /** Sends a record on a lane that has room, after waiting for one. */
  async send(plaintext: Bytes): Promise<void> {
    const lane = await this.#roomiest();
    await lane.send(plaintext);
  }

  /** Whether a lane has sent all that it was given. */
  get isIdle(): boolean {
    return this.#leastBuffered().bufferedBytes === 0;
  }

  async #roomiest(): Promise<Lane> {
    let best = this.#leastBuffered();
    while (best.bufferedBytes > LANE_BUFFER_BYTES) {
      await Promise.race(this.#lanes.map((lane) => lane.drained(LANE_BUFFER_BYTES / 2)));
      best = this.#leastBuffered();
    }
    return best;
  }

  #leastBuffered(): Lane {
    const [first, ...others] = this.#lanes;
    invariant(first !== undefined, 'a transfer has a lane');
    return others.reduce((best, lane) => (lane.bufferedBytes < best.bufferedBytes ? lane : best), first);
  }
}
