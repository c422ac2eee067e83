// The browser's two kinds of sockets, made of `ws`, so that what stands on them meets a real server.
import { WebSocket } from 'ws';

class NodeWebSocketError extends Error {
  readonly closeCode: number;
  readonly reason: string;

  constructor(message: string, { closeCode, reason = '' }: { closeCode: number; reason?: string }) {
    super(message);
    this.closeCode = closeCode;
    this.reason = reason;
  }
}

type Message = string | Uint8Array;

class NodeWebSocket extends WebSocket {
  #unwritten = 0;

  constructor(url: string) {
    super(url, { perMessageDeflate: false });
    // `close` tells a browser.
    this.on('error', () => {});
    // A browser's count stays where it was when the connection ends.
    Object.defineProperty(this, 'bufferedAmount', { get: () => this.#unwritten });
  }

  override send(message: Message, written?: unknown): void {
    const { length } = message;
    this.#unwritten += length;
    // A browser takes a copy.
    super.send(message.slice(), (error) => {
      if (!error) this.#unwritten -= length;
      if (typeof written === 'function') written(error);
    });
  }
}

/** Reads only what is asked for, and has written what the socket has taken. */
class NodeWebSocketStream {
  readonly opened: Promise<{
    readable: ReadableStream<string | ArrayBuffer>;
    writable: WritableStream<Message>;
  }>;
  readonly closed: Promise<{ closeCode: number; reason: string }>;
  readonly #socket: NodeWebSocket;

  constructor(url: string, { signal }: { signal: AbortSignal }) {
    const socket = new NodeWebSocket(url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    signal.addEventListener('abort', () => socket.terminate());
    let reader: ReadableStreamDefaultController<string | ArrayBuffer>;
    const readable = new ReadableStream<string | ArrayBuffer>(
      {
        start: (controller) => {
          reader = controller;
        },
        pull: () => socket.resume(),
      },
      { highWaterMark: 1 },
    );
    const writable = new WritableStream<Message>({
      write: (message) =>
        new Promise((resolve, reject) => {
          socket.send(message, (error?: Error | null) => (error ? reject(error) : resolve()));
        }),
      abort: ({ closeCode }: NodeWebSocketError) => socket.close(closeCode),
    });
    socket.on('message', (bytes: ArrayBuffer, isBinary) => {
      socket.pause();
      reader.enqueue(isBinary ? bytes : new TextDecoder().decode(bytes));
    });
    this.opened = new Promise((resolve, reject) => {
      socket.once('open', () => resolve({ readable, writable }));
      socket.once('close', () => reject(new NodeWebSocketError('not opened', { closeCode: 1006 })));
    });
    this.closed = new Promise((resolve, reject) => {
      socket.once('close', (closeCode, bytes) => {
        const reason = bytes.toString();
        const lost = new NodeWebSocketError('lost', { closeCode, reason });
        if (closeCode === 1006) {
          reader.error(lost);
          reject(lost);
        } else {
          reader.close();
          resolve({ closeCode, reason });
        }
      });
    });
  }

  close({ closeCode }: { closeCode: number }): void {
    this.#socket.resume();
    this.#socket.close(closeCode);
  }
}

/** Makes this process a browser with or without WebSocketStream. */
export function likeBrowser({ hasStreams }: { hasStreams: boolean }): void {
  Object.assign(globalThis, {
    WebSocket: NodeWebSocket,
    WebSocketError: NodeWebSocketError,
    WebSocketStream: hasStreams ? NodeWebSocketStream : undefined,
  });
}
