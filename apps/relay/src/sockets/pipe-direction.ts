// One direction of a pair: passes messages on, in pieces as they come and uncopied, and stops reading from their source
// while too much waits to be written to their target, or its limits allow no more for now.

/** The parts of a `ws` socket that a direction needs. */
export interface PipeSocket {
  readonly bufferedAmount: number;
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
  send(bytes: Buffer, options: SendOptions, written: () => void): void;
}

interface SendOptions {
  readonly binary: boolean;
  readonly compress: false;
  readonly fin: boolean;
}

/** One object for all messages of a kind: an object for each would be garbage at full speed. */
const BINARY = {
  last: { binary: true, compress: false, fin: true },
  piece: { binary: true, compress: false, fin: false },
} as const;
const TEXT = {
  last: { binary: false, compress: false, fin: true },
  piece: { binary: false, compress: false, fin: false },
} as const;

/** How much may wait to be written to one end before the relay stops reading from the other. */
export interface PipeLimits {
  readonly pipeBufferBytes: number;
  /** A message that waits costs memory of its own, however short it is. */
  readonly pipeBufferPieces: number;
}

/** What may pass by the limits of the pair. */
export interface Limiter {
  /** The direction has itself called when something may pass again. */
  onCredit: () => void;
  /** How many of the `wanted` next bytes of a frame may pass now. With 0, `onCredit` follows. */
  take(wanted: number): number;
  /** False when nothing more may pass until `onCredit`. */
  startFrame(): boolean;
  /** Counts bytes that pass in any case. */
  takeLast(bytes: number): void;
}

export class PipeDirection {
  readonly #source: PipeSocket;
  readonly #target: PipeSocket;
  readonly #limits: PipeLimits;
  readonly #limiter: Limiter | null;
  readonly #onProgress: () => void;
  /** Whether the limiter has nothing left for now. */
  #isHeld = false;
  #unwritten = 0;
  #whenWritten: (() => void) | null = null;
  #passedBytes = 0;

  /**
   * @param limiter null where all may pass
   * @param onProgress called when the target has taken a piece
   */
  constructor(
    source: PipeSocket,
    target: PipeSocket,
    limits: PipeLimits,
    limiter: Limiter | null,
    onProgress: () => void,
  ) {
    this.#source = source;
    this.#target = target;
    this.#limits = limits;
    this.#limiter = limiter;
    this.#onProgress = onProgress;
    if (limiter !== null) limiter.onCredit = () => this.#readOn();
  }

  /** Bytes of messages passed on so far. */
  get passedBytes(): number {
    return this.#passedBytes;
  }

  /** A frame of a message that is passed on begins. */
  startFrame(): void {
    if (this.#limiter?.startFrame() === false) this.#hold();
  }

  /**
   * How many of the next `bytes` of a frame may be forwarded now. With 0, it has stopped reading.
   * @param isLast whether the source is over, so that what doesn't pass now is lost
   */
  passable(bytes: number, isLast: boolean): number {
    if (this.#limiter === null) return bytes;
    if (isLast) {
      this.#limiter.takeLast(bytes);
      return bytes;
    }
    const passable = this.#limiter.take(bytes);
    if (passable === 0) this.#hold();
    return passable;
  }

  /** The next bytes of a message: all of it, or a piece. Text is UTF-8, when it is put together. */
  forward(bytes: Buffer, isLast = true, isText = false): void {
    const { last, piece } = isText ? TEXT : BINARY;
    const { pipeBufferBytes, pipeBufferPieces } = this.#limits;
    this.#passedBytes += bytes.length;
    this.#unwritten += 1;
    this.#target.send(bytes, isLast ? last : piece, this.#written);
    const isFull = this.#target.bufferedAmount > pipeBufferBytes || this.#unwritten > pipeBufferPieces;
    if (isFull && !this.#source.isPaused) this.#source.pause();
  }

  /** Calls `action` once all that was forwarded has been written, or can't be any more. */
  whenWritten(action: () => void): void {
    if (this.#unwritten === 0) action();
    else this.#whenWritten = action;
  }

  /** One function for all messages, likewise. */
  readonly #written = (): void => {
    this.#unwritten -= 1;
    this.#onProgress();
    const { pipeBufferBytes, pipeBufferPieces } = this.#limits;
    const hasRoom =
      this.#target.bufferedAmount * 2 <= pipeBufferBytes && this.#unwritten * 2 <= pipeBufferPieces;
    if (this.#source.isPaused && hasRoom && !this.#isHeld) this.#source.resume();
    if (this.#unwritten === 0 && this.#whenWritten !== null) {
      const action = this.#whenWritten;
      this.#whenWritten = null;
      action();
    }
  };
  #hold(): void {
    this.#isHeld = true;
    if (!this.#source.isPaused) this.#source.pause();
  }

  /** Nothing was forwarded meanwhile, so there is room. */
  #readOn(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#source.resume();
  }
}
