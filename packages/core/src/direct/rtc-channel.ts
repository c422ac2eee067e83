// A channel over a data channel of WebRTC: each message is cut to pieces, each of them after one byte that says what it is.
// docs/PROTOCOL.md section 18.
import { type Bytes, concat } from '../foundation/bytes.ts';
import type { ChannelEnd, ChannelEvent } from '../ports/channel.ts';
import type { DirectChannel } from '../ports/direct-network.ts';
import { RTC_LOW_BYTES, type RtcDataChannel } from '../ports/rtc-network.ts';
import { RTC_PIECE_BYTES } from '../wire/limits.ts';

/** First byte of a piece: more of the message follows, or nothing; or nothing more comes on the channel. */
const MORE = 0;
const LAST = 1;
const END = 2;
/** Bytes that a data channel is given at once. */
const HIGH_BYTES = 1024 * 1024;
/** Memory of a message or a piece beside its bytes. */
const OVERHEAD_BYTES = 256;

type Closed = Extract<ChannelEvent, { kind: 'closed' }>;

/** What an RTC channel is told. */
export interface RtcChannelTraits {
  /** Longest message. @param index of the message, from 0 */
  limitOf(index: number): number;
  /** Told of bytes that wait to be received from now on, or, below 0, no longer. */
  onWaiting(bytes: number): void;
  /** Told once, when the data channel is closed. */
  onClosed(): void;
}

/** A channel over a data channel. A data channel can't stop reading, so `onWaiting` bounds what arrives. */
export class RtcChannel implements DirectChannel {
  readonly isLocal: boolean;
  readonly #channel: RtcDataChannel;
  readonly #traits: RtcChannelTraits;
  /** Messages that are not, or not wholly, handed to the data channel; null is the end. */
  readonly #unsent: (Bytes | null)[] = [];
  /** Bytes of the first of them that are handed over. */
  #sentOfFirst = 0;
  #unsentBytes = 0;
  readonly #arrived: Bytes[] = [];
  #pieces: Bytes[] = [];
  #pieceBytes = 0;
  #count = 0;
  #closed: Closed | null = null;
  #isClosing = false;
  readonly #receivers: ((event: ChannelEvent) => void)[] = [];
  #wakers: (() => void)[] = [];

  constructor(channel: RtcDataChannel, traits: RtcChannelTraits) {
    this.#channel = channel;
    this.#traits = traits;
    this.isLocal = channel.isLocal;
    channel.attach({
      onMessage: (piece) => this.#take(piece),
      onLow: () => this.#pump(),
      onClosed: () => {
        this.#end('lost');
        this.#traits.onClosed();
      },
    });
  }

  /** What the data channel keeps below its threshold is as good as handed to the network. */
  get bufferedBytes(): number {
    if (this.#closed !== null) return 0;
    return this.#unsentBytes + Math.max(0, this.#channel.bufferedAmount - RTC_LOW_BYTES);
  }

  send(message: Bytes): void {
    if (this.#isClosing || this.#closed !== null) return;
    this.#unsent.push(message);
    this.#unsentBytes += message.length;
    this.#pump();
  }

  async drained(bytes: number): Promise<void> {
    while (this.bufferedBytes > bytes) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  receive(): Promise<ChannelEvent> {
    const bytes = this.#arrived.shift();
    if (bytes !== undefined) {
      this.#traits.onWaiting(-(bytes.length + OVERHEAD_BYTES));
      return Promise.resolve({ kind: 'message', bytes });
    }
    if (this.#closed !== null) return Promise.resolve(this.#closed);
    return new Promise((resolve) => this.#receivers.push(resolve));
  }

  close(): void {
    if (this.#isClosing || this.#closed !== null) return;
    this.#isClosing = true;
    // The other end closes the data channel once it has that.
    this.#unsent.push(null);
    this.#pump();
  }

  terminate(): void {
    for (const { length } of this.#arrived.splice(0)) this.#traits.onWaiting(-(length + OVERHEAD_BYTES));
    this.#end('lost');
  }

  #pump(): void {
    while (this.#unsent.length > 0 && this.#closed === null && this.#channel.bufferedAmount < HIGH_BYTES)
      this.#sendPiece(this.#unsent[0]!);
    for (const resolve of this.#wakers.splice(0)) resolve();
  }

  #sendPiece(message: Bytes | null): void {
    const from = this.#sentOfFirst;
    const body = message?.subarray(from, from + RTC_PIECE_BYTES - 1) ?? new Uint8Array();
    const isLast = message === null || from + body.length === message.length;
    const piece = new Uint8Array(1 + body.length);
    if (message === null) piece[0] = END;
    else piece[0] = isLast ? LAST : MORE;
    piece.set(body, 1);
    this.#unsentBytes -= body.length;
    this.#sentOfFirst = isLast ? 0 : from + body.length;
    if (isLast) this.#unsent.shift();
    this.#channel.send(piece);
  }

  #take(piece: Bytes): void {
    if (this.#closed !== null) return;
    const [kind] = piece;
    if (kind === END) this.#end(piece.length === 1 && this.#pieces.length === 0 ? 'peer-left' : 'malformed');
    else if ((kind === MORE && piece.length === RTC_PIECE_BYTES) || kind === LAST) this.#gather(piece);
    else this.#end('malformed');
  }

  #gather(piece: Bytes): void {
    this.#pieces.push(piece.subarray(1));
    this.#pieceBytes += piece.length - 1;
    this.#traits.onWaiting(piece.length - 1);
    const isTooLong = piece.length > RTC_PIECE_BYTES || this.#pieceBytes > this.#traits.limitOf(this.#count);
    if (isTooLong) this.#end('malformed');
    else if (piece[0] === LAST && this.#closed === null) this.#finishMessage();
  }

  #finishMessage(): void {
    const [first, ...others] = this.#pieces;
    const bytes = others.length === 0 ? first! : concat(...this.#pieces);
    this.#count += 1;
    const receiver = this.#receivers.shift();
    this.#forgetPieces();
    if (receiver !== undefined) {
      receiver({ kind: 'message', bytes });
      return;
    }
    this.#arrived.push(bytes);
    this.#traits.onWaiting(bytes.length + OVERHEAD_BYTES);
  }

  #forgetPieces(): void {
    this.#traits.onWaiting(-this.#pieceBytes);
    this.#pieces = [];
    this.#pieceBytes = 0;
  }

  #end(why: ChannelEnd): void {
    if (this.#closed !== null) return;
    this.#forgetPieces();
    this.#closed = { kind: 'closed', why, allWritten: this.#unsent.length === 0 };
    this.#channel.close();
    for (const resolve of this.#receivers.splice(0)) resolve(this.#closed);
    for (const resolve of this.#wakers.splice(0)) resolve();
  }
}
