// WebRTC in memory: connections that find each other by their ICE credentials, with every data channel at hand.
import type { Bytes } from '../../src/foundation/bytes.ts';
import type {
  RtcCandidate,
  RtcChannelHooks,
  RtcConnection,
  RtcConnectionOptions,
  RtcDataChannel,
  RtcDescription,
  RtcNetwork,
} from '../../src/ports/rtc-network.ts';

/** One end of a data channel. What it sends, the other end has at once. */
export class MemoryDataChannel implements RtcDataChannel {
  readonly isLocal = true;
  readonly sent: Bytes[] = [];
  bufferedAmount = 0;
  isClosed = false;
  hooks: RtcChannelHooks | null = null;
  other!: MemoryDataChannel;
  /** Whether what is sent stays queued until `flush`. */
  isStalled = false;
  readonly #early: Bytes[] = [];

  attach(hooks: RtcChannelHooks): void {
    this.hooks = hooks;
    for (const message of this.#early.splice(0)) hooks.onMessage(message);
    if (this.isClosed) hooks.onClosed();
  }

  send(message: Bytes): void {
    if (this.isClosed) return;
    this.sent.push(message);
    if (this.isStalled) this.bufferedAmount += message.length;
    else queueMicrotask(() => this.other.arrive(message.slice()));
  }

  /** Everything queued has left. */
  flush(): void {
    this.bufferedAmount = 0;
    this.hooks?.onLow();
  }

  arrive(message: Bytes): void {
    if (this.isClosed) return;
    if (this.hooks === null) this.#early.push(message);
    else this.hooks.onMessage(message);
  }

  close(): void {
    for (const end of [this, this.other]) {
      if (end.isClosed) continue;
      end.isClosed = true;
      queueMicrotask(() => end.hooks?.onClosed());
    }
  }
}

export function dataChannelPair(): [MemoryDataChannel, MemoryDataChannel] {
  const [a, b] = [new MemoryDataChannel(), new MemoryDataChannel()];
  [a.other, b.other] = [b, a];
  return [a, b];
}

const letters = (number: number) => String(number).padStart(22, 'p');

/** One end of a connection. */
export class MemoryRtcConnection implements RtcConnection {
  readonly options: RtcConnectionOptions;
  readonly offer: RtcDescription | null;
  readonly own: RtcDescription;
  readonly channels: MemoryDataChannel[] = [];
  theirs: RtcDescription | null;
  isClosed = false;
  readonly #all: MemoryRtcConnection[];

  constructor(
    all: MemoryRtcConnection[],
    offer: RtcDescription | null,
    options: RtcConnectionOptions,
    candidates: readonly RtcCandidate[],
  ) {
    this.#all = all;
    this.offer = offer;
    this.theirs = offer;
    this.options = options;
    const password = letters(all.length);
    this.own = { ufrag: 'abcd', password, fingerprint: new Uint8Array(32), candidates };
    all.push(this);
  }

  /** Where candidates are gathered until `signal` is aborted. */
  isSlow = false;
  /** Where nothing is ever said. */
  isMute = false;

  async describe(signal: AbortSignal): Promise<RtcDescription> {
    if (this.isMute) return new Promise(() => {});
    if (this.isSlow && !signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return this.own;
  }

  async accept(answer: RtcDescription): Promise<void> {
    this.theirs = answer;
  }

  async open(): Promise<RtcDataChannel> {
    const peer = this.#all.find(({ own }) => own.password === this.theirs?.password);
    if (this.isClosed || peer?.theirs?.password !== this.own.password || peer.isClosed)
      throw new Error('there is no connection');
    const [own, theirs] = dataChannelPair();
    this.channels.push(own);
    peer.channels.push(theirs);
    peer.options.onChannel(theirs);
    return own;
  }

  close(): void {
    this.isClosed = true;
    for (const channel of this.channels) channel.close();
  }

  /** The connection breaks. */
  lose(): void {
    this.close();
    this.options.onLost();
  }
}

/** Devices that reach each other. */
export class MemoryRtc {
  readonly connections: MemoryRtcConnection[] = [];
  candidates: RtcCandidate[] = [{ host: '10.0.0.1', port: 5000, type: 'host' }];
  mayReach: (candidate: RtcCandidate) => boolean = () => true;
  isSlow = false;
  isMute = false;
  /** Of every connection, where it is given. */
  fingerprint = new Uint8Array(32);

  network(): RtcNetwork {
    const connection = (offer: RtcDescription | null, options: RtcConnectionOptions) => {
      const made = new MemoryRtcConnection(this.connections, offer, options, this.candidates);
      made.isSlow = this.isSlow;
      made.isMute = this.isMute;
      made.own.fingerprint = this.fingerprint;
      return made;
    };
    return {
      mayReach: (candidate) => this.mayReach(candidate),
      offer: (options) => connection(null, options),
      answer: connection,
    };
  }
}
