// The service worker's part in a streamed download: answers one fetch with what the engine gives it. A download that was
// not ended properly fails in the browser too.
import type { DownloadCommand, DownloadReport } from './download-messages.ts';

const PATH = 'download/';
/** Without a word from its tab a download has lost it. */
const PATIENCE_MS = 30_000;

const downloads = new Map<string, Download>();

/** The path below the page's where it can be fetched. */
export function openDownload(id: string, name: string, sizeBytes: number | null, data: MessagePort): string {
  const download = new Download(name, sizeBytes, data, () => downloads.delete(id));
  downloads.set(id, download);
  return PATH + id;
}

/** Null for any other path below the page's; an error for a download that isn't there or was fetched before. */
export function answerDownload(path: string): Response | null {
  if (!path.startsWith(PATH)) return null;
  return downloads.get(path.slice(PATH.length))?.answer() ?? Response.error();
}

/** Resolves when the download was fetched. */
export async function begunDownload(id: string): Promise<void> {
  await downloads.get(id)?.begun;
}

/** Until the next call, or until patience is at its end: so long the browser is to keep the service worker. */
export function keepDownload(id: string): Promise<void> {
  return downloads.get(id)?.keep() ?? Promise.resolve();
}

export function failDownload(id: string): void {
  downloads.get(id)?.take({ type: 'fail' });
}

class Download {
  readonly begun: Promise<void>;
  #tellBegun!: () => void;
  readonly #name: string;
  readonly #sizeBytes: number | null;
  readonly #data: MessagePort;
  readonly #onEnd: () => void;
  #stream: ReadableStreamDefaultController<Uint8Array> | null = null;
  #letGo = () => {};

  constructor(name: string, sizeBytes: number | null, data: MessagePort, onEnd: () => void) {
    this.#name = name;
    this.#sizeBytes = sizeBytes;
    this.#data = data;
    this.#onEnd = onEnd;
    this.begun = new Promise((resolve) => {
      this.#tellBegun = resolve;
    });
    data.onmessage = ({ data: command }: MessageEvent<DownloadCommand>) => this.take(command);
  }

  /** Null when it was fetched before. */
  answer(): Response | null {
    if (this.#stream !== null) return null;
    const report = (message: DownloadReport) => this.#data.postMessage(message);
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#stream = controller;
      },
      pull: () => report({ type: 'pull' }),
      cancel: () => {
        report({ type: 'cancelled' });
        this.#end();
      },
    });
    this.#tellBegun();
    return new Response(stream, { headers: headersOf(this.#name, this.#sizeBytes) });
  }

  keep(): Promise<void> {
    this.#letGo();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.take({ type: 'fail' }), PATIENCE_MS);
      this.#letGo = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  take(command: DownloadCommand): void {
    switch (command.type) {
      case 'bytes':
        this.#stream?.enqueue(command.bytes);
        return;
      case 'end':
        this.#stream?.close();
        this.#end();
        return;
      case 'fail':
        this.#stream?.error(new Error('the transfer did not end'));
        this.#end();
    }
  }

  #end(): void {
    this.#data.close();
    this.#letGo();
    this.#onEnd();
  }
}

function headersOf(name: string, sizeBytes: number | null): HeadersInit {
  return {
    // Nothing of it is shown or run, whatever it is.
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeName(name)}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'no-store',
    ...(sizeBytes !== null && { 'content-length': String(sizeBytes) }),
  };
}

/** RFC 8187, section 3.2: what it leaves free of encodeURIComponent's exceptions are letters, digits and !-._~. */
function encodeName(name: string): string {
  const escaped = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, escaped);
}
