// Two ends of a pair as the relay makes it, in memory. What one sends, the other receives, unless a test takes it out.
import type { RelaySocket, SocketEvent } from '../../src/ports/relay-socket.ts';

type Message = Uint8Array<ArrayBuffer>;

export interface PairedSocket extends RelaySocket {
  /** Binary messages that were sent to the other end. */
  readonly sent: Message[];
  /** In place of handing a message to the other end. */
  onSend: ((message: Message) => void) | null;
  /** Hands this end a message, as if the other one had sent it. */
  push(message: Message): void;
}

export function socketPair(): [PairedSocket, PairedSocket] {
  const [a, b] = [new End(), new End()];
  [a.other, b.other] = [b, a];
  return [a, b];
}

class End implements PairedSocket {
  readonly sent: Message[] = [];
  readonly bufferedBytes = 0;
  onSend: ((message: Message) => void) | null = null;
  other: End | null = null;
  readonly #events: SocketEvent[] = [];
  readonly #waiting: ((event: SocketEvent) => void)[] = [];
  #closed: SocketEvent | null = null;

  send(message: string | Message): void {
    if (typeof message === 'string' || this.#closed !== null) return;
    this.sent.push(message);
    if (this.onSend === null) this.other?.push(message.slice());
    else this.onSend(message);
  }

  async drained(): Promise<void> {}

  receive(): Promise<SocketEvent> {
    const event = this.#events.shift() ?? this.#closed;
    if (event) return Promise.resolve(event);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.shut(1000);
    this.other?.shut(4410);
  }

  terminate(): void {
    this.close();
  }

  push(bytes: Message): void {
    if (this.#closed === null) this.#tell({ kind: 'binary', bytes });
  }

  shut(code: number): void {
    if (this.#closed !== null) return;
    this.#closed = { kind: 'closed', code, reason: '', allWritten: true };
    for (const resolve of this.#waiting.splice(0)) resolve(this.#closed);
  }

  #tell(event: SocketEvent): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(event);
    else this.#events.push(event);
  }
}
