// WebSocketStream, which Chromium has and TypeScript's DOM library has not.
interface WebSocketStream {
  readonly opened: Promise<{
    /** Binary messages come as ArrayBuffer or, as the draft has it by now, as Uint8Array. */
    readable: ReadableStream<string | ArrayBuffer | Uint8Array<ArrayBuffer>>;
    writable: WritableStream<string | Uint8Array<ArrayBuffer>>;
  }>;
  /** Rejects with WebSocketError when the connection was lost. */
  readonly closed: Promise<{ closeCode: number; reason: string }>;
  close(closing: { closeCode: number }): void;
}

declare const WebSocketStream: {
  new (url: string, options: { signal: AbortSignal }): WebSocketStream;
};

interface WebSocketError extends DOMException {
  readonly closeCode: number | null;
  readonly reason: string;
}

declare const WebSocketError: {
  new (message: string, closing: { closeCode: number }): WebSocketError;
};
