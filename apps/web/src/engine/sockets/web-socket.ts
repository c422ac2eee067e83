// The RelaySocket port over the browser's WebSocket. It can't stop reading, so what waits here is bounded: a flood ends the
// connection.
import { type RelaySocket, type SocketEvent, TransferError } from '@p2p-copy/core';
import { releaseMemory } from '../platform/release-memory.ts';

/** Far above any window that the engine grants. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
/** A browser can't drop a connection; only 1000, or no code, tells the relay of a good end. */
const TERMINATED = 4000;

/**
 * Opens a WebSocket.
 * @param floodError what `receive` rejects with after a flood; null for an end like that of a lost connection
 * @throws TransferError `relay-unreachable`, `interrupted`
 */
export function dialWebSocket(
  url: string,
  signal: AbortSignal,
  floodError: TransferError | null,
): Promise<RelaySocket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new TransferError('interrupted'));
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const onAbort = () => {
      socket.close();
      reject(new TransferError('interrupted'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.onopen = () => {
      signal.removeEventListener('abort', onAbort);
      resolve(new BrowserRelaySocket(socket, floodError));
    };
    // A browser doesn't tell a page why: offline, refused and "not a WebSocket" look the same.
    socket.onclose = () => {
      signal.removeEventListener('abort', onAbort);
      reject(new TransferError('relay-unreachable', undefined, { retryable: true }));
    };
  });
}

type Closed = Extract<SocketEvent, { kind: 'closed' }>;

class BrowserRelaySocket implements RelaySocket {
  readonly #socket: WebSocket;
  readonly #floodError: TransferError | null;
  #isFlooded = false;
  #queue: SocketEvent[] = [];
  #head = 0;
  #queuedBytes = 0;
  #waiting: ((event: SocketEvent) => void) | null = null;
  #closed: Closed | null = null;

  constructor(socket: WebSocket, floodError: TransferError | null) {
    this.#socket = socket;
    this.#floodError = floodError;
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.#onMessage(data);
    socket.onclose = ({ code, reason }) => this.#onClosed(code, reason);
  }

  get bufferedBytes(): number {
    // A browser's count stays where it was when the connection ends.
    return this.#closed === null ? this.#socket.bufferedAmount : 0;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#closed !== null || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(message);
    // It has taken a copy.
    if (typeof message !== 'string') releaseMemory(message);
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
    if (this.#isFlooded && this.#floodError !== null) return Promise.reject(this.#floodError);
    if (this.#closed !== null) return Promise.resolve(this.#closed);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  close(): void {
    this.#socket.close(1000);
  }

  terminate(): void {
    // Nothing more is heard or said from here on.
    this.#socket.close(TERMINATED);
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
    if (this.#queuedBytes <= MAX_QUEUED_BYTES) return;
    this.#isFlooded = true;
    this.terminate();
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
