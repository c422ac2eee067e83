// End-to-end flow control, sender's side: payload bytes may be sent up to a limit that the receiver raises as it
// writes. Bounds memory where a channel has no backpressure, as in a browser. docs/PROTOCOL.md section 9.
import { violation } from '../wire/fields.ts';
import { CHUNK_BYTES, MAX_WINDOW_BYTES } from '../wire/limits.ts';

/** A receiver that keeps up has at most this much yet to write: it tells of every 2 MiB of the usual window. */
const KEPT_UP_BYTES = 4 * 1024 * 1024;

/** On the way while the window is held: an eighth of the usual window, of which a receiver tells at once, and a chunk. */
const HELD_BYTES = 1024 * 1024 + CHUNK_BYTES;
const HELD_UNTIL_BYTES = 4 * 1024 * 1024;

/** The sender’s side of flow control: bytes that may be sent before the receiver has written earlier ones. */
export class CreditWindow {
  #sentBytes = 0;
  readonly #firstLimitBytes: number;
  #limitBytes: number;
  #durableBytes = 0;
  readonly #waiting: (() => void)[] = [];
  #isRunOut = false;
  #hadRunOut = false;
  #closed: unknown = null;
  #isHeld = false;

  /** @param limitBytes The receiver's first grant. */
  constructor(limitBytes: number) {
    this.#firstLimitBytes = limitBytes;
    this.#limitBytes = limitBytes;
    this.#checkWindow();
  }

  /** Whether the receiver has said that it writes, and has written nearly all that was sent: neither path nor disk is slow. */
  get isKeptUp(): boolean {
    return this.writtenBytes > 0 && this.#sentBytes - this.writtenBytes <= KEPT_UP_BYTES;
  }

  /** Payload bytes that were sent, or are about to be. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Payload bytes that the receiver has written: it grants room for as many again. */
  get writtenBytes(): number {
    return this.#limitBytes - this.#firstLimitBytes;
  }

  /** Whether something waited for the last `ack`. */
  get hadRunOut(): boolean {
    return this.#hadRunOut;
  }

  /** Payload bytes that the receiver has made durable. */
  get durableBytes(): number {
    return this.#durableBytes;
  }

  /**
   * Lets little be on the way, whatever is granted: until HELD_UNTIL_BYTES are written, which a fast path does soon, or the returned
   * function is called.
   */
  hold(): () => void {
    this.#isHeld = true;
    return () => {
      this.#isHeld = false;
      this.#wake();
    };
  }

  /** Waits until `bytes` more may be sent, and counts them as sent. One caller at a time. */
  async take(bytes: number): Promise<void> {
    while (this.#closed === null && this.#sentBytes + bytes > this.#limitBytes) {
      this.#isRunOut = true;
      await this.nextAck();
    }
    this.#isRunOut = false;
    while (this.#closed === null && this.#isHeld && this.writtenBytes < HELD_UNTIL_BYTES) {
      if (this.#sentBytes + bytes - this.writtenBytes <= HELD_BYTES) break;
      await this.nextAck();
    }
    if (this.#closed !== null) throw this.#closed;
    this.#sentBytes += bytes;
  }

  /**
   * Resolves with the next `ack`, or when the window is closed.
   * @throws TransferError what it was closed with, if it was before
   */
  async nextAck(): Promise<void> {
    if (this.#closed !== null) throw this.#closed;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Makes a waiting `take`, and every later one, fail with `error`. */
  close(error: unknown): void {
    this.#closed = error;
    this.#wake();
  }

  /**
   * Takes an `ack`.
   * @throws TransferError `protocol-violation` for one that goes backwards or claims what wasn't sent
   */
  acknowledge(durableBytes: number, limitBytes: number): void {
    if (durableBytes < this.#durableBytes || durableBytes > this.#sentBytes)
      throw violation('an ack is out of range');
    if (limitBytes < this.#limitBytes) throw violation('an ack lowers the limit');
    this.#durableBytes = durableBytes;
    this.#limitBytes = limitBytes;
    this.#checkWindow();
    this.#hadRunOut = this.#isRunOut;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #checkWindow(): void {
    if (this.#limitBytes - this.#durableBytes > MAX_WINDOW_BYTES) throw violation('a window is too large');
  }
}
