// One direction of a pair: passes messages on, in pieces as they come and uncopied, and stops reading from their source
// while too much waits to be written to their target.

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

const AS_BINARY: SendOptions = { binary: true, compress: false, fin: true };
const AS_PIECE: SendOptions = { binary: true, compress: false, fin: false };
const AS_TEXT: SendOptions = { binary: false, compress: false, fin: true };

export class PipeDirection {
  readonly #source: PipeSocket;
  readonly #target: PipeSocket;
  readonly #limitBytes: number;
  readonly #onProgress: () => void;
  #unwritten = 0;
  #whenWritten: (() => void) | null = null;
  #passedBytes = 0;

  /** @param onProgress called when the target has taken a message */
  constructor(source: PipeSocket, target: PipeSocket, limitBytes: number, onProgress: () => void) {
    this.#source = source;
    this.#target = target;
    this.#limitBytes = limitBytes;
    this.#onProgress = onProgress;
  }

  /** Bytes of messages passed on so far. */
  get passedBytes(): number {
    return this.#passedBytes;
  }

  /** A binary message, or the last piece of one. */
  forward(message: Buffer): void {
    this.#send(message, AS_BINARY);
  }

  /** A piece of a binary message, of which more is to come. */
  forwardPiece(piece: Buffer): void {
    this.#send(piece, AS_PIECE);
  }

  /** A text as its bytes, which the socket has found to be UTF-8. */
  forwardText(text: Buffer): void {
    this.#send(text, AS_TEXT);
  }

  #send(bytes: Buffer, options: SendOptions): void {
    this.#passedBytes += bytes.length;
    this.#unwritten += 1;
    this.#target.send(bytes, options, this.#written);
    if (this.#target.bufferedAmount > this.#limitBytes && !this.#source.isPaused) this.#source.pause();
  }

  /** Calls `action` once all that was forwarded has been written, or can't be any more. */
  whenWritten(action: () => void): void {
    if (this.#unwritten === 0) action();
    else this.#whenWritten = action;
  }

  /** One function for all messages: a closure for each would be garbage at full speed. */
  readonly #written = (): void => {
    this.#unwritten -= 1;
    this.#onProgress();
    if (this.#source.isPaused && this.#target.bufferedAmount * 2 <= this.#limitBytes) this.#source.resume();
    if (this.#unwritten === 0 && this.#whenWritten !== null) {
      const action = this.#whenWritten;
      this.#whenWritten = null;
      action();
    }
  };
}
