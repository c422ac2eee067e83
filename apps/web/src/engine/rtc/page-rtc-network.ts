// The RtcNetwork port in the worker: the connection itself lives in the page, which hands its data channels over. docs/PROTOCOL.md
// section 18.
import {
  type RtcConnection,
  type RtcConnectionOptions,
  type RtcDataChannel,
  type RtcDescription,
  type RtcNetwork,
  readSessionDescription,
  sessionDescription,
} from '@p2p-copy/core';
import type { FromConnection, HandedChannel, ToConnection } from '../../contract/rtc-messages.ts';
import { type ComingChannel, takeChannel } from './data-channels.ts';

/** How long the page may take to say what it has gathered. */
const DESCRIBE_NOW_MS = 250;

/** @param askPage hands the page a port, over which it makes one connection */
export function pageRtcNetwork(askPage: (port: MessagePort) => void): RtcNetwork {
  const begin = (options: RtcConnectionOptions, first: ToConnection): RtcConnection => {
    const { port1, port2 } = new MessageChannel();
    askPage(port2);
    return new PageConnection(port1, first, options);
  };
  return {
    // A page knows neither its addresses nor its networks. docs/SECURITY.md, "Direct paths".
    mayReach: () => true,
    offer: (options) => begin(options, { type: 'offer', stunUrls: [...options.stunUrls] }),
    answer: (theirs, options) =>
      begin(options, {
        type: 'answer',
        offer: sessionDescription(theirs, 'offer'),
        stunUrls: [...options.stunUrls],
      }),
  };
}

type Options = Pick<RtcConnectionOptions, 'onChannel' | 'onLost'>;

class PageConnection implements RtcConnection {
  readonly #port: MessagePort;
  readonly #options: Options;
  #tellDescribed: (sdp: string) => void = () => {};
  readonly #described = new Promise<string>((resolve) => {
    this.#tellDescribed = resolve;
  });
  #tellConnected = () => {};
  readonly #connected = new Promise<void>((resolve) => {
    this.#tellConnected = resolve;
  });
  /** Whether the other end is on a network of this device, once it is found. */
  #isLocal = false;
  /** Channels that were asked for, until they are handed over. */
  readonly #asked = new Map<number, (channel: HandedChannel) => void>();
  /** Those that are open, or will be. */
  readonly #channels = new Set<ComingChannel>();
  #channelsAsked = 0;
  /** Aborted once nothing more comes of it. */
  readonly #ending = new AbortController();

  constructor(port: MessagePort, first: ToConnection, options: Options) {
    this.#port = port;
    this.#options = options;
    port.onmessage = ({ data }: MessageEvent<FromConnection>) => this.#hear(data);
    this.#tell(first);
  }

  async describe(signal: AbortSignal): Promise<RtcDescription> {
    this.#tell({ type: 'describe' });
    const late = new AbortController();
    const hurry = () => {
      this.#tell({ type: 'describe-now' });
      // The page may be busy, or still loading its part.
      setTimeout(() => late.abort(), DESCRIBE_NOW_MS);
    };
    signal.addEventListener('abort', hurry, { once: true });
    if (signal.aborted) hurry();
    try {
      return readSessionDescription(await this.#untilEnd(this.#described, late.signal));
    } finally {
      signal.removeEventListener('abort', hurry);
    }
  }

  async accept(answer: RtcDescription): Promise<void> {
    if (this.#ending.signal.aborted) throw new Error('the connection is lost');
    this.#tell({ type: 'accept', answer: sessionDescription(answer, 'answer') });
  }

  async open(signal: AbortSignal): Promise<RtcDataChannel> {
    const id = this.#channelsAsked;
    this.#channelsAsked += 1;
    const coming = new Promise<ComingChannel>((resolve) => {
      // At once, so that nothing it tells is missed.
      this.#asked.set(id, (channel) => resolve(this.#take(channel)));
    });
    this.#tell({ type: 'open', id });
    const opened = coming.then((channel) => this.#opened(channel));
    try {
      return await this.#untilEnd(opened, signal);
    } catch (error) {
      // Nobody waits for it any more.
      void coming.then((channel) => channel.close());
      throw error;
    } finally {
      void coming.then(() => this.#asked.delete(id));
    }
  }

  close(): void {
    this.#tell({ type: 'close' });
    this.#end();
  }

  #hear(message: FromConnection): void {
    if (this.#ending.signal.aborted) return;
    switch (message.type) {
      case 'description':
        this.#tellDescribed(message.sdp);
        return;
      case 'connected':
        this.#isLocal = message.isLocal;
        this.#tellConnected();
        return;
      case 'channel': {
        const { id, channel } = message;
        if (id === null) void this.#giveTheirs(this.#take(channel));
        else this.#asked.get(id)?.(channel);
        return;
      }
      case 'lost':
        this.#end();
        this.#options.onLost();
    }
  }

  #take(channel: HandedChannel): ComingChannel {
    const coming = takeChannel(channel, () => this.#channels.delete(coming));
    this.#channels.add(coming);
    if (this.#ending.signal.aborted) coming.close();
    return coming;
  }

  async #opened(channel: ComingChannel): Promise<RtcDataChannel> {
    await channel.opened;
    await this.#connected;
    return channel.give(this.#isLocal);
  }

  async #giveTheirs(channel: ComingChannel): Promise<void> {
    try {
      this.#options.onChannel(await this.#untilEnd(this.#opened(channel)));
    } catch {
      // The connection was lost before.
    }
  }

  /** @throws Error where the connection is lost before, or `signal` is aborted */
  #untilEnd<Value>(value: Promise<Value>, signal?: AbortSignal): Promise<Value> {
    const ended = AbortSignal.any([this.#ending.signal, ...(signal === undefined ? [] : [signal])]);
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(new Error('the connection is lost, or nobody waits for it'));
      if (ended.aborted) return onAbort();
      ended.addEventListener('abort', onAbort, { once: true });
      value.then(resolve, reject);
    });
  }

  #tell(message: ToConnection): void {
    if (!this.#ending.signal.aborted) this.#port.postMessage(message);
  }

  #end(): void {
    this.#ending.abort();
    this.#port.onmessage = null;
    for (const channel of [...this.#channels]) channel.close();
  }
}
