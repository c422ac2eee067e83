// DialRelay over the browser's WebSocket. It can't stop reading, so what waits here is bounded by the engine's credits;
// a flood past them ends the connection.
import { type DialRelay, type RelaySocket, type SocketEvent, TransferError } from '@p2p-copy/core';

/** Far above any window that the engine grants. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const SOCKET_PATH = '/ws';

export const dialRelayBrowser: DialRelay = (relayUrl, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new TransferError('interrupted'));
    const socket = new WebSocket(socketUrl(relayUrl));
    socket.binaryType = 'arraybuffer';
    const onAbort = () => {
      socket.close();
      reject(new TransferError('interrupted'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.onopen = () => {
      signal.removeEventListener('abort', onAbort);
      resolve(new BrowserRelaySocket(socket));
    };
    // A browser doesn't tell a page why: offline, refused and "not a WebSocket" look the same.
    socket.onclose = () => {
      signal.removeEventListener('abort', onAbort);
      reject(new TransferError('relay-unreachable'));
    };
  });

function socketUrl(relayUrl: string): string {
  const url = new URL(relayUrl);
  url.protocol = url.protocol.replace('http', 'ws');
  url.pathname = url.pathname.replace(/\/+$/, '') + SOCKET_PATH;
  return url.href;
}

type Closed = Extract<SocketEvent, { kind: 'closed' }>;

class BrowserRelaySocket implements RelaySocket {
  readonly #socket: WebSocket;
  #queue: SocketEvent[] = [];
  #head = 0;
  #queuedBytes = 0;
  #waiting: ((event: SocketEvent) => void) | null = null;
  #closed: Closed | null = null;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.#onMessage(data);
    socket.onclose = ({ code, reason }) => this.#onClosed(code, reason);
  }

  get bufferedBytes(): number {
    // A browser's count stays where it was when the connection ends.
    return this.#closed === null ? this.#socket.bufferedAmount : 0;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#closed === null && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  async drained(bytes: number): Promise<void> {
    while (this.#closed === null && this.#socket.bufferedAmount > bytes) await pause();
  }

  receive(): Promise<SocketEvent> {
    const event = this.#queue[this.#head];
    if (event !== undefined) {
      this.#shift(event);
      return Promise.resolve(event);
    }
    if (this.#closed !== null) return Promise.resolve(this.#closed);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  close(): void {
    this.#socket.close(1000);
  }

  terminate(): void {
    // A browser has no harder way to close; nothing more is heard or said from here on.
    this.#socket.close();
    this.#queue = [];
    this.#head = 0;
    this.#onClosed(1006, '');
  }

  #onMessage(message: string | ArrayBuffer): void {
    if (this.#closed !== null) return;
    const event: SocketEvent =
      typeof message === 'string'
        ? { kind: 'text', text: message }
        : { kind: 'binary', bytes: new Uint8Array(message) };
    if (this.#waiting !== null) {
      const resolve = this.#waiting;
      this.#waiting = null;
      resolve(event);
      return;
    }
    this.#queue.push(event);
    this.#queuedBytes += sizeOf(event);
    if (this.#queuedBytes > MAX_QUEUED_BYTES) this.terminate();
  }

  #onClosed(code: number, reason: string): void {
    if (this.#closed !== null) return;
    // What the network has not taken still counts as buffered.
    const allWritten = this.#socket.bufferedAmount === 0;
    this.#closed = { kind: 'closed', code, reason, allWritten };
    this.#waiting?.(this.#closed);
    this.#waiting = null;
  }

  #shift(event: SocketEvent): void {
    this.#head++;
    this.#queuedBytes -= sizeOf(event);
    // Cut now and then, so that taking one event costs the same however many wait.
    if (this.#head === this.#queue.length || this.#head > 1024) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}

function sizeOf(event: SocketEvent): number {
  if (event.kind === 'binary') return event.bytes.length;
  return event.kind === 'text' ? event.text.length : 0;
}

/** A WebSocket doesn't tell when it has sent; a worker's timers are not slowed down in a hidden tab. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
