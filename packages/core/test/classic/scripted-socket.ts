// A socket whose other side is played by a test: what the engine sends is kept, what it hears is given.
import type { DialRelay, RelaySocket, SocketEvent } from '../../src/ports/relay-socket.ts';
import type { RecordedFrame } from './transcripts.ts';

export class ScriptedSocket implements RelaySocket {
  /** What the engine sent. */
  readonly sent: (string | Uint8Array)[] = [];
  /** How the engine ended it. */
  ending: 'closed' | 'dropped' | null = null;
  readonly bufferedBytes = 0;
  /** Called with each message that the engine sends. */
  onSent: (message: string | Uint8Array) => void = () => {};
  readonly #events: SocketEvent[] = [];
  readonly #waiting: ((event: SocketEvent) => void)[] = [];
  #closed: SocketEvent | null = null;

  readonly dial: DialRelay = async () => this;

  hear(frame: Pick<RecordedFrame, 'text' | 'binary'>): void {
    if (frame.text !== undefined) this.#push({ kind: 'text', text: frame.text });
    else this.#push({ kind: 'binary', bytes: new Uint8Array(Buffer.from(frame.binary!, 'base64')) });
  }

  hearBytes(bytes: Uint8Array): void {
    this.#push({ kind: 'binary', bytes: new Uint8Array(bytes) });
  }

  /** The other side, or the relay, ends the connection. */
  end(code: number, reason = '', allWritten = true): void {
    if (this.#closed !== null) return;
    this.#closed = { kind: 'closed', code, reason, allWritten };
    for (const waiting of this.#waiting.splice(0)) waiting(this.#closed);
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#closed !== null) return;
    this.sent.push(typeof message === 'string' ? message : message.slice());
    this.onSent(message);
  }
  async drained(): Promise<void> {}
  receive(): Promise<SocketEvent> {
    const event = this.#events.shift() ?? this.#closed;
    if (event) return Promise.resolve(event);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
  close(): void {
    this.ending ??= 'closed';
    this.end(1000);
  }
  terminate(): void {
    this.ending ??= 'dropped';
    this.end(1006);
  }

  #push(event: SocketEvent): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(event);
    else this.#events.push(event);
  }
}
