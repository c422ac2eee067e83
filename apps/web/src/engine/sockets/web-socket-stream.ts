// The RelaySocket port over WebSocketStream: it reads only what is asked for, so a slow disk here makes the sender wait.
import { type RelaySocket, type SocketEvent, TransferError } from '@p2p-copy/core';

/** A browser can't drop a connection; only 1000, or no code, tells the relay of a good end. */
const TERMINATED = 4000;
const LOST = 1006;

/** The relay takes an end for dead that reads nothing for a minute, and a person may look at an offer for longer. */
const IDLE_MS = 15_000;
const READ_AHEAD_BYTES = 1024 * 1024;
const MAX_AHEAD_BYTES = 64 * 1024 * 1024;

type Closed = Extract<SocketEvent, { kind: 'closed' }>;
type Streams = Awaited<WebSocketStream['opened']>;

/**
 * Opens a WebSocket whose reading can wait.
 * @throws TransferError `relay-unreachable`, `interrupted`
 */
export async function dialWebSocketStream(url: string, signal: AbortSignal): Promise<RelaySocket> {
  if (signal.aborted) throw new TransferError('interrupted');
  const stream = new WebSocketStream(url, { signal });
  // Told by `opened`, or by the socket below.
  stream.closed.catch(() => {});
  const streams = await stream.opened.catch(() => {
    if (signal.aborted) throw new TransferError('interrupted');
    throw new TransferError('relay-unreachable', undefined, { retryable: true });
  });
  return new StreamRelaySocket(stream, streams);
}

class StreamRelaySocket implements RelaySocket {
  readonly #stream: WebSocketStream;
  readonly #reader: ReadableStreamDefaultReader<string | ArrayBuffer | Uint8Array<ArrayBuffer>>;
  readonly #writer: WritableStreamDefaultWriter<string | Uint8Array<ArrayBuffer>>;
  /** The end as the network tells it. */
  readonly #ended: Promise<Closed>;
  #terminated: Closed | null = null;
  #waiting: (event: SocketEvent) => void = () => {};
  /** What was read before anyone asked for it. */
  readonly #ahead: Promise<SocketEvent>[] = [];
  #aheadBytes = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #isOpen = true;
  #isClosing = false;
  #unwrittenBytes = 0;
  #drains: { bytes: number; resolve: () => void }[] = [];

  constructor(stream: WebSocketStream, { readable, writable }: Streams) {
    this.#stream = stream;
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    this.#ended = stream.closed.then(
      ({ closeCode, reason }) => this.#end(closeCode, reason),
      (error: WebSocketError) => this.#end(error.closeCode ?? LOST, error.reason ?? ''),
    );
  }

  get bufferedBytes(): number {
    return this.#isOpen ? this.#unwrittenBytes : 0;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#isOpen && !this.#isClosing) void this.#write(message);
  }

  drained(bytes: number): Promise<void> {
    if (this.bufferedBytes <= bytes) return Promise.resolve();
    return new Promise((resolve) => this.#drains.push({ bytes, resolve }));
  }

  receive(): Promise<SocketEvent> {
    if (this.#terminated !== null) return Promise.resolve(this.#terminated);
    clearTimeout(this.#idle);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      void this.#next().then((event) => {
        resolve(event);
        this.#awaitIdle();
      });
    });
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    // Not before all is written: while writes wait, `close` drops them, and crashes Chromium.
    void this.drained(0).then(() => {
      if (this.#terminated === null) this.#stream.close({ closeCode: 1000 });
    });
  }

  terminate(): void {
    if (this.#terminated !== null) return;
    this.#terminated = this.#end(LOST, '');
    this.#waiting(this.#terminated);
    this.#ahead.length = 0;
    // Unlike `close`, it throws away what waits to be written.
    this.#writer.abort(new WebSocketError('', { closeCode: TERMINATED })).catch(() => {});
    void this.#discardRest();
  }

  async #write(message: string | Uint8Array<ArrayBuffer>): Promise<void> {
    const sizeBytes = message.length;
    this.#unwrittenBytes += sizeBytes;
    try {
      await this.#writer.write(message);
      this.#unwrittenBytes -= sizeBytes;
      this.#wakeDrained();
    } catch {
      // The end of the connection tells, with these bytes as not written.
    }
  }

  async #next(): Promise<SocketEvent> {
    const read = this.#ahead.shift();
    if (read === undefined) return this.#read();
    const event = await read;
    this.#aheadBytes -= sizeOf(event);
    return event;
  }

  #awaitIdle(): void {
    clearTimeout(this.#idle);
    if (this.#isOpen) this.#idle = setTimeout(() => void this.#readAhead(), IDLE_MS);
  }

  /** Reads a little, so that the relay sees that this end lives. */
  async #readAhead(): Promise<void> {
    for (let bytes = 0; bytes < READ_AHEAD_BYTES && this.#aheadBytes < MAX_AHEAD_BYTES; ) {
      const read = this.#read().then((event) => {
        this.#aheadBytes += sizeOf(event);
        return event;
      });
      this.#ahead.push(read);
      const event = await read;
      if (event.kind === 'closed') return;
      bytes += sizeOf(event);
    }
    this.#awaitIdle();
  }

  /** What was sent before the end is read before it. */
  async #read(): Promise<SocketEvent> {
    try {
      const { done, value } = await this.#reader.read();
      if (!done) return eventOf(value);
    } catch {
      // Lost: as below.
    }
    return this.#ended;
  }

  /** The other side's answer to a close frame stands behind what it sent before. */
  async #discardRest(): Promise<void> {
    try {
      while (!(await this.#reader.read()).done);
    } catch {
      // Lost, and so ended too.
    }
  }

  #end(code: number, reason: string): Closed {
    this.#isOpen = false;
    this.#wakeDrained();
    return { kind: 'closed', code, reason, allWritten: this.#unwrittenBytes === 0 };
  }

  #wakeDrained(): void {
    const isWaiting = ({ bytes }: { bytes: number }) => this.bufferedBytes > bytes;
    const drains = this.#drains;
    this.#drains = drains.filter(isWaiting);
    for (const drain of drains) if (!isWaiting(drain)) drain.resolve();
  }
}

function eventOf(message: string | ArrayBuffer | Uint8Array<ArrayBuffer>): SocketEvent {
  if (typeof message === 'string') return { kind: 'text', text: message };
  return { kind: 'binary', bytes: message instanceof Uint8Array ? message : new Uint8Array(message) };
}

function sizeOf(event: SocketEvent): number {
  if (event.kind === 'binary') return event.bytes.length;
  return event.kind === 'text' ? event.text.length : 0;
}
