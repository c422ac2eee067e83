// A channel over one stream of a QUIC connection: each message is u32 length ‖ bytes, as over TCP. QUIC's own flow control is the
// backpressure, since nothing is read before it is asked for. docs/PROTOCOL.md section 18.
import type { ChannelEnd, ChannelEvent, DirectChannel } from '@p2p-copy/core';
import type { QuinnConnection, QuinnStream } from './quinn-addon.ts';

const HEADER_BYTES = 4;
/** In place of a length: nothing follows. */
const END = 0xffff_fffe;
/** In place of a length: everything before the other end's END has been read. Who closed may drop the connection now. */
const READ_ALL = 0xffff_ffff;
/** Bytes that are asked for at once. */
const READ_BYTES = 256 * 1024;

type Closed = Extract<ChannelEvent, { kind: 'closed' }>;
type Message = Uint8Array<ArrayBuffer>;

/** What a QUIC channel is told of its connection. */
export interface QuicTraits {
  /** Whether the other end is on a network of this device. */
  isLocal: boolean;
  /** Longest message. @param index of the message, from 0 */
  limitOf(index: number): number;
  /** Told when a message was handed to QUIC, and nobody looks at its bytes any more. */
  onWritten(message: Message): void;
}

/** A channel over a QUIC connection of its own. */
export class QuicChannel implements DirectChannel {
  readonly isLocal: boolean;
  readonly #connection: QuinnConnection;
  readonly #stream: Promise<QuinnStream | null>;
  readonly #traits: QuicTraits;
  /** Messages to be written, a marker as its length in 4 bytes. */
  readonly #queue: { bytes: Message; isMarker: boolean }[] = [];
  #queuedBytes = 0;
  #isWriting = false;
  /** What was read and not yet given out. */
  #left: Message = new Uint8Array(0);
  #received = 0;
  #arrivedBytes = 0;
  #closed: Closed | null = null;
  #isClosing = false;
  #hasPeerEnded = false;
  #isLost = false;
  /** The event before the next, so that several receivers are answered in order. */
  #last: Promise<unknown> = Promise.resolve();
  #wakers: (() => void)[] = [];

  /** @param stream of the connection; there is one */
  constructor(connection: QuinnConnection, stream: Promise<QuinnStream>, traits: QuicTraits) {
    this.#connection = connection;
    this.#stream = stream.catch(() => null);
    this.#traits = traits;
    this.isLocal = traits.isLocal;
  }

  get bufferedBytes(): number {
    return this.#isOver ? 0 : this.#queuedBytes;
  }

  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  send(message: Message): void {
    if (this.#isClosing || this.#isOver) return;
    this.#queuedBytes += message.length;
    this.#write(message, false);
  }

  async drained(bytes: number): Promise<void> {
    while (this.bufferedBytes > bytes) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  receive(): Promise<ChannelEvent> {
    const event = this.#last.then(() => this.#next());
    this.#last = event;
    return event;
  }

  close(): void {
    if (!this.#isClosing && !this.#isOver) this.#write(marker(END), true);
    this.#isClosing = true;
  }

  terminate(): void {
    this.#isClosing = true;
    this.#lose();
  }

  async #next(): Promise<ChannelEvent> {
    while (this.#closed === null) {
      const header = await this.#read(HEADER_BYTES);
      if (header === null) return this.#end('lost');
      const sizeBytes = new DataView(header.buffer, header.byteOffset).getUint32(0);
      if (sizeBytes === END && !this.#hasPeerEnded) {
        this.#hasPeerEnded = true;
        this.#write(marker(READ_ALL), true);
        // Who has closed itself goes on until everything of it was read.
        if (!this.#isClosing) return this.#end('peer-left');
      } else if (sizeBytes === READ_ALL && this.#isClosing) {
        return this.#end('lost');
      } else if (sizeBytes > this.#traits.limitOf(this.#received)) {
        return this.#end('malformed');
      } else {
        this.#received += 1;
        const bytes = await this.#read(sizeBytes);
        return bytes === null ? this.#end('lost') : { kind: 'message', bytes };
      }
    }
    return this.#closed;
  }

  /** That many bytes, of a buffer of their own; null when the connection ends before. */
  async #read(sizeBytes: number): Promise<Message | null> {
    const bytes: Message = new Uint8Array(Buffer.allocUnsafeSlow(sizeBytes).buffer as ArrayBuffer);
    let filled = 0;
    while (filled < sizeBytes) {
      if (this.#left.length === 0) this.#left = (await this.#readSome()) ?? this.#left;
      if (this.#isLost || this.#left.length === 0) return null;
      const part = this.#left.subarray(0, sizeBytes - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#left = this.#left.subarray(part.length);
    }
    return this.#isLost ? null : bytes;
  }

  async #readSome(): Promise<Message | null> {
    try {
      const bytes = (await (await this.#stream)?.read(READ_BYTES)) ?? null;
      this.#arrivedBytes += bytes?.length ?? 0;
      return bytes;
    } catch {
      return null;
    }
  }

  #write(bytes: Message, isMarker: boolean): void {
    this.#queue.push({ bytes, isMarker });
    if (!this.#isWriting) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    const stream = await this.#stream;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { bytes, isMarker } = next;
      try {
        if (stream === null || this.#isLost) throw new Error('the connection is lost');
        if (!isMarker) await stream.write(marker(bytes.length));
        await stream.write(bytes);
      } catch {
        this.#lose();
      }
      if (isMarker) continue;
      if (!this.#isLost) this.#queuedBytes -= bytes.length;
      this.#traits.onWritten(bytes);
      this.#wake();
    }
    this.#isWriting = false;
  }

  #end(why: ChannelEnd): Closed {
    this.#closed = { kind: 'closed', why, allWritten: this.#queuedBytes === 0 };
    // The other end drops a connection that it has closed, once it hears that everything was read.
    if (why !== 'peer-left') this.#lose();
    this.#wake();
    return this.#closed;
  }

  #lose(): void {
    this.#isLost = true;
    this.#connection.abort();
    this.#wake();
  }

  /** Whether nothing more is sent: it has ended, or nobody hears what is sent. */
  get #isOver(): boolean {
    return this.#closed !== null || this.#isLost;
  }

  #wake(): void {
    for (const resolve of this.#wakers.splice(0)) resolve();
  }
}

function marker(value: number): Message {
  const bytes = new Uint8Array(HEADER_BYTES);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
