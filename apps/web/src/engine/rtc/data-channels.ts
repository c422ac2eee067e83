// A data channel in the worker: its own, or one that stayed in the page and is used over a port.
import { RTC_LOW_BYTES, type RtcChannelHooks, type RtcDataChannel } from '@p2p-copy/core';
import type { FromRelayedChannel, HandedChannel, ToRelayedChannel } from '../../contract/rtc-messages.ts';
import { EarlyHooks } from './early-hooks.ts';

/** A data channel that may not be open yet. */
export interface ComingChannel {
  /** Resolves when it is open, or closed: then it says so to whoever attaches. */
  readonly opened: Promise<void>;
  /** @param isLocal whether the other end is on a network of this device */
  give(isLocal: boolean): RtcDataChannel;
  close(): void;
}

/** The channel that the page has handed over. @param onClosed told once it is closed, whoever did it */
export function takeChannel(channel: HandedChannel, onClosed: () => void): ComingChannel {
  return channel instanceof MessagePort
    ? new RelayedChannel(channel, onClosed)
    : new OwnChannel(channel, onClosed);
}

abstract class TakenChannel implements ComingChannel {
  protected readonly hooks = new EarlyHooks(() => this.close());
  #tellOpened = () => {};
  readonly opened = new Promise<void>((resolve) => {
    this.#tellOpened = resolve;
  });
  readonly #tellClosed: () => void;

  constructor(tellClosed: () => void) {
    this.#tellClosed = tellClosed;
  }

  protected onOpen(): void {
    this.#tellOpened();
  }

  protected onClosed(): void {
    if (this.hooks.isClosed) return;
    this.#tellOpened();
    this.hooks.onClosed();
    this.#tellClosed();
  }

  protected abstract readonly queuedBytes: number;
  protected abstract post(message: Uint8Array<ArrayBuffer>): void;
  abstract close(): void;

  give(isLocal: boolean): RtcDataChannel {
    const bufferedAmount = () => (this.hooks.isClosed ? 0 : this.queuedBytes);
    return {
      isLocal,
      get bufferedAmount() {
        return bufferedAmount();
      },
      attach: (hooks: RtcChannelHooks) => this.hooks.attach(hooks),
      send: (message) => {
        if (!this.hooks.isClosed) this.post(message);
      },
      close: () => this.close(),
    };
  }
}

class OwnChannel extends TakenChannel {
  readonly #channel: RTCDataChannel;

  constructor(channel: RTCDataChannel, tellClosed: () => void) {
    super(tellClosed);
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = RTC_LOW_BYTES;
    channel.onopen = () => this.onOpen();
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      // Text is no part of what two ends say.
      if (typeof data === 'string') this.close();
      else this.hooks.onMessage(new Uint8Array(data));
    };
    channel.onbufferedamountlow = () => this.hooks.onLow();
    channel.onclose = () => this.onClosed();
    if (channel.readyState === 'open') this.onOpen();
    else if (channel.readyState !== 'connecting') this.onClosed();
  }

  protected get queuedBytes(): number {
    return this.#channel.bufferedAmount;
  }

  protected post(message: Uint8Array<ArrayBuffer>): void {
    try {
      this.#channel.send(message);
    } catch {
      // Closed meanwhile, or its queue is full: a message is missing.
      this.close();
    }
  }

  close(): void {
    this.#channel.close();
    // What still comes is for nobody.
    this.onClosed();
  }
}

class RelayedChannel extends TakenChannel {
  readonly #port: MessagePort;
  protected queuedBytes = 0;

  constructor(port: MessagePort, tellClosed: () => void) {
    super(tellClosed);
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromRelayedChannel>) => this.#hear(data);
  }

  protected post(message: Uint8Array<ArrayBuffer>): void {
    const isWhole = message.byteLength === message.buffer.byteLength;
    const { buffer } = isWhole ? message : message.slice();
    this.queuedBytes += buffer.byteLength;
    this.#tell(buffer, [buffer]);
  }

  close(): void {
    this.#tell('close');
    this.onClosed();
  }

  #hear(message: FromRelayedChannel): void {
    if (message === 'open') this.onOpen();
    else if (message === 'closed') this.onClosed();
    else if (message instanceof ArrayBuffer) this.hooks.onMessage(new Uint8Array(message));
    else {
      this.queuedBytes -= message.takenBytes;
      if (this.queuedBytes <= RTC_LOW_BYTES) this.hooks.onLow();
    }
  }

  #tell(message: ToRelayedChannel, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
