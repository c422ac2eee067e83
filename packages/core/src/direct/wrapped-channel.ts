// A direct channel whose first messages each way are wrapped, so that an observer sees no handshake. docs/PROTOCOL.md section 18.
import { deriveDialWrapKey } from '../crypto/derive-keys.ts';
import { createOpener, createSealer, type RecordOpener, type RecordSealer } from '../crypto/record-cipher.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel, ChannelEvent } from '../ports/channel.ts';
import type { Role } from '../ports/rendezvous.ts';
import { FIRST_FRAME_BYTES, MAX_WRAPPED_BYTES } from '../wire/limits.ts';

/** Messages each way that are wrapped: those of a handshake. */
const WRAPPED_MESSAGES = 3;
/** Longest message of a channel. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

/** Longest message that a direct channel takes. @param index of the message, from 0 */
export function directMessageLimit(isListener: boolean, index: number): number {
  if (isListener && index === 0) return FIRST_FRAME_BYTES;
  return index < WRAPPED_MESSAGES + (isListener ? 1 : 0) ? MAX_WRAPPED_BYTES : MAX_MESSAGE_BYTES;
}

/** A channel after its first frame; the handshake on it is wrapped. */
export class WrappedChannel implements Channel {
  readonly #channel: Channel;
  readonly #sealer: RecordSealer;
  readonly #opener: RecordOpener;
  #sent = 0;
  #received = 0;
  /** What is being sealed, and what was sent behind it; null when nothing waits. */
  #sending: Promise<void> | null = null;
  #unsealedBytes = 0;
  /** The event before the next, so that several receivers are answered in order. */
  #last: Promise<unknown> = Promise.resolve();
  /** The end, once the other end was caught changing a wrapped message. */
  #failed: ChannelEvent | null = null;
  /** Nothing more is sent. */
  #isClosing = false;
  #isOver = false;

  private constructor(channel: Channel, sealer: RecordSealer, opener: RecordOpener) {
    this.#channel = channel;
    this.#sealer = sealer;
    this.#opener = opener;
  }

  /** @param dialKey the listener's. @param r of the first frame. @param role of this end */
  static async create(
    channel: Channel,
    dialKey: Bytes,
    r: Bytes,
    role: Role,
    bulk: BulkCrypto,
  ): Promise<WrappedChannel> {
    const toReceiver = await deriveDialWrapKey(dialKey, r, 'sender to receiver');
    const toSender = await deriveDialWrapKey(dialKey, r, 'receiver to sender');
    const [out, back] = role === 'sender' ? [toReceiver, toSender] : [toSender, toReceiver];
    return new WrappedChannel(channel, await createSealer(out, bulk), await createOpener(back, bulk));
  }

  get bufferedBytes(): number {
    return this.#isOver ? 0 : this.#channel.bufferedBytes + this.#unsealedBytes;
  }

  get arrivedBytes(): number {
    return this.#channel.arrivedBytes ?? 0;
  }

  send(message: Bytes): void {
    if (this.#isClosing) return;
    const isWrapped = this.#sent < WRAPPED_MESSAGES;
    if (isWrapped) this.#sent += 1;
    else if (this.#sending === null) {
      this.#channel.send(message);
      return;
    }
    this.#unsealedBytes += message.length;
    const sealed = isWrapped ? this.#sealer.seal(message) : message;
    const before = this.#sending;
    const { length } = message;
    const sent = (async () => {
      const bytes = await sealed;
      await before;
      this.#unsealedBytes -= length;
      this.#channel.send(bytes);
    })();
    const forget = () => {
      if (this.#sending === sent) this.#sending = null;
    };
    this.#sending = sent;
    void sent.then(forget);
  }

  async drained(bytes: number): Promise<void> {
    await this.#sending;
    await this.#channel.drained(bytes);
  }

  receive(): Promise<ChannelEvent> {
    const event = this.#last.then(() => this.#next());
    this.#last = event;
    return event;
  }

  close(): void {
    this.#isClosing = true;
    if (this.#sending === null) this.#channel.close();
    else void this.#sending.then(() => this.#channel.close());
  }

  terminate(): void {
    this.#end();
    this.#channel.terminate();
  }

  async #next(): Promise<ChannelEvent> {
    if (this.#failed !== null) return this.#failed;
    const event = await this.#channel.receive();
    if (event.kind === 'closed') this.#end();
    if (event.kind === 'closed' || this.#received === WRAPPED_MESSAGES) return event;
    this.#received += 1;
    try {
      return { kind: 'message', bytes: await this.#opener.open(event.bytes) };
    } catch {
      this.terminate();
      this.#failed = { kind: 'closed', why: 'lost', allWritten: false };
      return this.#failed;
    }
  }

  #end(): void {
    this.#isClosing = true;
    this.#isOver = true;
  }
}
