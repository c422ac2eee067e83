// A channel over TCP: each message is u32 length ‖ bytes. TCP's own flow control is the backpressure, since nothing is read before
// it is asked for. docs/PROTOCOL.md section 18.
import type { Socket } from 'node:net';
import type { ChannelEnd, ChannelEvent, DirectChannel } from '@p2p-copy/core';

/** Longest message of a channel. */
export const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
const HEADER_BYTES = 4;

type Closed = Extract<ChannelEvent, { kind: 'closed' }>;

/** What a TCP channel is told of its socket. */
export interface TcpTraits {
  /** Whether the other end is on a network of this device. */
  isLocal?: boolean;
  /** Longest message. @param index of the message, from 0 */
  limitOf?(index: number): number;
  /** Told when a message was handed to the system, and nobody looks at its bytes any more. */
  onWritten?(message: Uint8Array<ArrayBuffer>): void;
}

/** A channel over a TCP connection. */
export class TcpChannel implements DirectChannel {
  readonly isLocal: boolean;
  readonly #socket: Socket;
  readonly #limitOf: (index: number) => number;
  readonly #onWritten: (message: Uint8Array<ArrayBuffer>) => void;
  #received = 0;
  #closed: Closed | null = null;
  #isClosing = false;
  #isLost = false;
  #unwritten = 0;
  /** The event before the next, so that several receivers are answered in order. */
  #last: Promise<unknown> = Promise.resolve();
  #wakers: (() => void)[] = [];

  constructor(
    socket: Socket,
    { isLocal = false, limitOf = () => MAX_MESSAGE_BYTES, onWritten = () => {} }: TcpTraits = {},
  ) {
    this.#socket = socket;
    this.isLocal = isLocal;
    this.#limitOf = limitOf;
    this.#onWritten = onWritten;
    socket.on('error', () => {
      this.#isLost = true;
    });
    for (const event of ['readable', 'end', 'close']) socket.on(event, () => this.#wake());
  }

  get bufferedBytes(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength;
  }

  get arrivedBytes(): number {
    return this.#socket.bytesRead;
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosing || this.#closed !== null || !this.#socket.writable) return;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(message.length);
    this.#unwritten += 1;
    this.#socket.cork();
    this.#socket.write(header);
    this.#socket.write(message, (error) => {
      if (!error) this.#unwritten -= 1;
      this.#onWritten(message);
      this.#wake();
    });
    this.#socket.uncork();
  }

  async drained(bytes: number): Promise<void> {
    while (this.bufferedBytes > bytes) await this.#change();
  }

  receive(): Promise<ChannelEvent> {
    const event = this.#last.then(() => this.#next());
    this.#last = event;
    return event;
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.end();
  }

  terminate(): void {
    this.#isClosing = true;
    this.#isLost = true;
    this.#socket.resetAndDestroy();
  }

  async #next(): Promise<ChannelEvent> {
    if (this.#closed !== null) return this.#closed;
    const header = await this.#read(HEADER_BYTES);
    if (header === null) return this.#end(this.#hasLeft ? 'peer-left' : 'lost');
    if (header.length < HEADER_BYTES) return this.#end('lost');
    const sizeBytes = header.readUInt32BE();
    if (sizeBytes > this.#limitOf(this.#received)) return this.#end('malformed');
    this.#received += 1;
    const body = await this.#read(sizeBytes);
    if (body?.length !== sizeBytes) return this.#end('lost');
    const bytes = new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength);
    return { kind: 'message', bytes };
  }

  /** That many bytes; fewer when the connection ends among them, null when it ends before. */
  async #read(sizeBytes: number): Promise<Buffer | null> {
    if (sizeBytes === 0) return Buffer.alloc(0);
    for (;;) {
      const bytes: Buffer | null = this.#isLost ? null : this.#socket.read(sizeBytes);
      if (bytes !== null) return bytes;
      if (this.#isLost || this.#socket.readableEnded || this.#socket.destroyed) return null;
      await this.#change();
    }
  }

  /** Whether the other end said that nothing more comes. */
  get #hasLeft(): boolean {
    return this.#socket.readableEnded && !this.#isLost && !this.#isClosing;
  }

  #end(why: ChannelEnd): Closed {
    this.#closed = { kind: 'closed', why, allWritten: this.#unwritten === 0 };
    if (why !== 'peer-left' && !this.#isClosing) this.#socket.destroy();
    this.#wake();
    return this.#closed;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wakers.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#wakers.splice(0)) resolve();
  }
}
