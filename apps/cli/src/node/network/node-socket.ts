// Port RelaySocket over `ws`. Holds messages until the engine takes them, and stops reading from the network while
// many wait, so that a slow disk slows the sender instead of filling this process.
import type { RelaySocket, SocketEvent } from '@p2p-copy/core';
import WebSocket from 'ws';

const MAX_WAITING_BYTES = 8 * 1024 * 1024;
const MAX_WAITING_MESSAGES = 64;

export class NodeSocket implements RelaySocket {
  /** Of the other side of the connection. */
  address?: string;
  readonly #ws: WebSocket;
  readonly #onWritten: (message: Uint8Array<ArrayBuffer>) => void;
  readonly #inbox: SocketEvent[] = [];
  #inboxBytes = 0;
  #takers: ((event: SocketEvent) => void)[] = [];
  #closed: SocketEvent | null = null;
  #closing = false;
  #unwritten = 0;
  #drains: { bytes: number; resolve: () => void }[] = [];

  /** @param onWritten told of each binary message that the network has taken */
  constructor(ws: WebSocket, onWritten: (message: Uint8Array<ArrayBuffer>) => void = () => {}) {
    this.#ws = ws;
    this.#onWritten = onWritten;
    ws.binaryType = 'nodebuffer';
    ws.on('message', (message: Buffer, isBinary: boolean) => this.#arrived(message, isBinary));
    ws.on('close', (code, reason) => this.#ended(code, reason.toString('utf8')));
    // `close` always follows, with what can be told.
    ws.on('error', () => {});
  }

  get bufferedBytes(): number {
    return this.#closed === null ? this.#ws.bufferedAmount : 0;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#unwritten += 1;
    this.#ws.send(message, { compress: false }, (error) => {
      if (!error) {
        this.#unwritten -= 1;
        if (typeof message !== 'string') this.#onWritten(message);
      }
      this.#wakeDrained();
    });
  }

  drained(bytes: number): Promise<void> {
    if (this.#closed !== null || this.bufferedBytes <= bytes) return Promise.resolve();
    return new Promise((resolve) => this.#drains.push({ bytes, resolve }));
  }

  receive(): Promise<SocketEvent> {
    const event = this.#inbox.shift();
    if (event !== undefined) {
      this.#inboxBytes -= sizeOf(event);
      if (this.#ws.isPaused && this.#mayResume()) this.#ws.resume();
      return Promise.resolve(event);
    }
    if (this.#closed !== null) return Promise.resolve(this.#closed);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  close(): void {
    this.#closing = true;
    // A close frame queues behind what was sent. `ws` waits for the answer to it, which is only read when not paused.
    if (this.#ws.isPaused) this.#ws.resume();
    this.#ws.close(1000);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  #arrived(message: Buffer, isBinary: boolean): void {
    // Nobody will take it.
    if (this.#closing) return;
    const event: SocketEvent = isBinary
      ? { kind: 'binary', bytes: asBytes(message) }
      : { kind: 'text', text: message.toString('utf8') };
    const taker = this.#takers.shift();
    if (taker === undefined) this.#keep(event);
    else taker(event);
  }

  #keep(event: SocketEvent): void {
    this.#inbox.push(event);
    this.#inboxBytes += sizeOf(event);
    const full = this.#inboxBytes > MAX_WAITING_BYTES || this.#inbox.length > MAX_WAITING_MESSAGES;
    if (full && this.#ws.readyState === WebSocket.OPEN) this.#ws.pause();
  }

  #mayResume(): boolean {
    return this.#inboxBytes < MAX_WAITING_BYTES / 2 && this.#inbox.length < MAX_WAITING_MESSAGES / 2;
  }

  #ended(code: number, reason: string): void {
    this.#closed = { kind: 'closed', code, reason, allWritten: this.#unwritten === 0 };
    for (const taker of this.#takers.splice(0)) taker(this.#closed);
    this.#wakeDrained();
  }

  #wakeDrained(): void {
    const buffered = this.#closed === null ? this.bufferedBytes : 0;
    const ready = this.#drains.filter(({ bytes }) => buffered <= bytes);
    if (ready.length === 0) return;
    this.#drains = this.#drains.filter(({ bytes }) => buffered > bytes);
    for (const { resolve } of ready) resolve();
  }
}

function sizeOf(event: SocketEvent): number {
  return event.kind === 'binary' ? event.bytes.length : event.kind === 'text' ? event.text.length : 0;
}

/** A view: `ws` cuts messages out of what it read and never writes there again. */
function asBytes(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
}
