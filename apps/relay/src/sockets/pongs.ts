// Answers pings without letting answers pile up: an end that pings and doesn't read would have a pong queued for each.

/** The parts of a `ws` socket that answering needs. */
export interface PongSocket {
  readonly readyState: number;
  readonly OPEN: number;
  pong(payload: Buffer, mask: boolean, written: () => void): void;
}

export class Pongs {
  readonly #socket: PongSocket;
  #isUnderWay = false;
  /** The latest ping since the pong that is under way; RFC 6455, section 5.5.3, lets that one speak for those before. */
  #latest: Buffer | null = null;

  constructor(socket: PongSocket) {
    this.#socket = socket;
  }

  answer(payload: Buffer): void {
    if (this.#isUnderWay) this.#latest = payload;
    else this.#send(payload);
  }

  #send(payload: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#isUnderWay = true;
    this.#socket.pong(payload, false, () => {
      this.#isUnderWay = false;
      const latest = this.#latest;
      this.#latest = null;
      if (latest !== null) this.#send(latest);
    });
  }
}
