// An end that always has more to send, over a direction whose other side takes everything at once: what passes is what the
// limits allow.

import type { DirectionLimiter } from '../../src/rates/pair-limiter.ts';
import { PipeDirection, type PipeSocket } from '../../src/sockets/pipe-direction.ts';

/** The most that one read from a socket brings. */
export const READ_BYTES = 64 * 1024;
const LIMITS = { pipeBufferBytes: 256 * 1024, pipeBufferPieces: 512 };
const TAKES_ALL: PipeSocket = {
  bufferedAmount: 0,
  isPaused: false,
  pause() {},
  resume() {},
  send: (_bytes, _options, written) => written(),
};

export class GreedyEnd implements PipeSocket {
  readonly bufferedAmount = 0;
  isPaused = false;
  readonly #direction: PipeDirection;
  readonly #readBytes: number;
  /** Of the read at hand. */
  #unreadBytes = 0;

  /** @param readBytes what each of its reads brings */
  constructor(limiter: DirectionLimiter, readBytes = READ_BYTES) {
    this.#readBytes = readBytes;
    this.#direction = new PipeDirection(this, TAKES_ALL, LIMITS, limiter, () => {});
    this.#read();
  }

  get passedBytes(): number {
    return this.#direction.passedBytes;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.#read();
  }

  send(): void {
    throw new Error('nothing is sent to this end');
  }

  #read(): void {
    while (!this.isPaused) {
      if (this.#unreadBytes === 0) this.#unreadBytes = this.#readBytes;
      const bytes = this.#direction.passable(this.#unreadBytes, false);
      if (bytes === 0) continue;
      this.#unreadBytes -= bytes;
      this.#direction.forward(Buffer.alloc(bytes));
    }
  }
}
