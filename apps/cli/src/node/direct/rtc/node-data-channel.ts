// A data channel of the addon as core takes it.
import { RTC_LOW_BYTES, type RtcChannelHooks, type RtcDataChannel } from '@p2p-copy/core';
import type { DataChannel } from 'node-datachannel';

/** An open data channel. */
export class NodeDataChannel implements RtcDataChannel {
  readonly isLocal: boolean;
  readonly #channel: DataChannel;
  #hooks: RtcChannelHooks | null = null;
  readonly #tellClosed: () => void;
  #isClosed = false;

  /** @param tellClosed told once it is closed, whoever closed it */
  constructor(channel: DataChannel, isLocal: boolean, tellClosed: () => void) {
    this.#channel = channel;
    this.#tellClosed = tellClosed;
    this.isLocal = isLocal;
    channel.setBufferedAmountLowThreshold(RTC_LOW_BYTES);
    channel.onClosed(() => this.markClosed());
  }

  attach(hooks: RtcChannelHooks): void {
    this.#hooks = hooks;
    this.#channel.onBufferedAmountLow(() => {
      if (!this.#isClosed) hooks.onLow();
    });
    this.#channel.onMessage((message) => {
      if (!this.#isClosed) hooks.onMessage(bytesOf(message));
    });
    if (!this.#isClosed) return;
    hooks.onClosed();
  }

  get bufferedAmount(): number {
    return this.#isClosed ? 0 : this.#channel.bufferedAmount();
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) return;
    try {
      this.#channel.sendMessageBinary(message);
    } catch {
      // It was closed, and says so next.
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#channel.close();
    this.markClosed();
  }

  /** It is closed, or its connection is. */
  markClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#hooks?.onClosed();
    this.#tellClosed();
  }
}

/** A text is no message of this protocol: it becomes an empty one, which is none either. */
function bytesOf(message: string | Buffer | ArrayBuffer): Uint8Array<ArrayBuffer> {
  if (typeof message === 'string') return new Uint8Array();
  if (message instanceof ArrayBuffer) return new Uint8Array(message);
  return new Uint8Array(message.buffer as ArrayBuffer, message.byteOffset, message.byteLength);
}
