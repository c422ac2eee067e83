// Two ends of a channel in memory. What one sends, the other receives, unless a test takes it out.
import type { Channel, ChannelEnd, ChannelEvent } from '../../src/ports/channel.ts';

type Message = Uint8Array<ArrayBuffer>;

export interface PairedChannel extends Channel {
  /** Messages that were sent to the other end. */
  readonly sent: Message[];
  /** Whether it has ended, at either end. */
  readonly isClosed: boolean;
  /** In place of handing a message to the other end. */
  onSend: ((message: Message) => void) | null;
  /** Hands this end a message, as if the other one had sent it. */
  push(message: Message): void;
  /** Breaks the channel at both ends. */
  cut(): void;
  /** The carrier shuts down, and tells both ends. */
  goAway(): void;
}

export function channelPair(): [PairedChannel, PairedChannel] {
  const [a, b] = [new End(), new End()];
  [a.other, b.other] = [b, a];
  return [a, b];
}

class End implements PairedChannel {
  readonly sent: Message[] = [];
  onSend: ((message: Message) => void) | null = null;
  other!: End;
  readonly #arrived: Message[] = [];
  #arrivedBytes = 0;
  readonly #receivers: ((event: ChannelEvent) => void)[] = [];
  #closed: ChannelEvent | null = null;
  #wakeDrained: (() => void)[] = [];

  get isClosed(): boolean {
    return this.#closed !== null;
  }

  /** Messages that the other end hasn't received. */
  get bufferedBytes(): number {
    return this.#closed === null ? this.other.#arrivedBytes : 0;
  }

  send(message: Message): void {
    if (this.#closed !== null) return;
    this.sent.push(message);
    if (this.onSend === null) this.other.push(message.slice());
    else this.onSend(message);
  }

  async drained(bytes: number): Promise<void> {
    while (this.bufferedBytes > bytes) {
      await new Promise<void>((resolve) => this.#wakeDrained.push(resolve));
    }
  }

  receive(): Promise<ChannelEvent> {
    const bytes = this.#arrived.shift();
    if (bytes !== undefined) {
      this.#arrivedBytes -= bytes.length;
      this.other.#wake();
      return Promise.resolve({ kind: 'message', bytes });
    }
    if (this.#closed !== null) return Promise.resolve(this.#closed);
    return new Promise((resolve) => this.#receivers.push(resolve));
  }

  close(): void {
    this.#end('lost');
    this.other.#end('peer-left');
  }

  terminate(): void {
    this.#arrived.length = 0;
    this.#arrivedBytes = 0;
    this.close();
  }

  cut(): void {
    this.#end('lost');
    this.other.#end('lost');
  }

  goAway(): void {
    this.#end('going-away');
    this.other.#end('going-away');
  }

  push(bytes: Message): void {
    if (this.#closed !== null) return;
    const receiver = this.#receivers.shift();
    if (receiver !== undefined) {
      receiver({ kind: 'message', bytes });
      return;
    }
    this.#arrived.push(bytes);
    this.#arrivedBytes += bytes.length;
  }

  #end(why: ChannelEnd): void {
    if (this.#closed !== null) return;
    this.#closed = { kind: 'closed', why, allWritten: true };
    for (const resolve of this.#receivers.splice(0)) resolve(this.#closed);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#wakeDrained.splice(0)) resolve();
  }
}
