// The lanes of a running transfer, for the sender: a record goes to whichever has the least on the way. What a socket has taken
// says little: the system takes megabytes for a slow connection, and the receiver's window would lie there.
import type { Bytes } from '../foundation/bytes.ts';
import type { Lane } from './lane.ts';

/** A lane takes another record while it has at most this much queued: enough to keep a fast path busy. */
const LANE_BUFFER_BYTES = 1024 * 1024;

/** The lanes of a transfer: each data record goes to the one with the least unacknowledged. */
export class LanePool {
  readonly #lanes: Lane[] = [];
  #waiting = 0;

  /** Lanes that records go to, the first ones that were added. The others wait to be used again. */
  inUse = 1;

  add(lane: Lane): void {
    this.#lanes.push(lane);
  }

  /** Lanes that were added. */
  get size(): number {
    return this.#lanes.length;
  }

  /** Whether every lane in use has a connection. */
  get isConnected(): boolean {
    return this.size >= this.inUse && this.#used.every((lane) => lane.isConnected);
  }

  /** Whether a record waits for room: the path holds it up. */
  get isFull(): boolean {
    return this.#waiting > 0;
  }

  /** Whether a lane has sent all that it was given. */
  get isIdle(): boolean {
    return this.#used.some((lane) => lane.bufferedBytes === 0);
  }

  /** Sends a record on a lane that has room, after waiting for one. */
  async send(plaintext: Bytes): Promise<void> {
    const lane = await this.#roomiest();
    await lane.send(plaintext);
  }

  async #roomiest(): Promise<Lane> {
    for (;;) {
      const [first, ...others] = this.#used.filter(({ bufferedBytes }) => bufferedBytes <= LANE_BUFFER_BYTES);
      if (first !== undefined) {
        return others.reduce(
          (best, lane) => (lane.unacknowledgedBytes < best.unacknowledgedBytes ? lane : best),
          first,
        );
      }
      this.#waiting += 1;
      await Promise.race(this.#used.map((lane) => lane.drained(LANE_BUFFER_BYTES / 2)));
      this.#waiting -= 1;
    }
  }

  /** Without those that never got a connection. The end of the first is that of the transfer. */
  get #used(): readonly Lane[] {
    return this.#lanes.filter((lane, number) => number === 0 || (number < this.inUse && !lane.isEnded));
  }
}
