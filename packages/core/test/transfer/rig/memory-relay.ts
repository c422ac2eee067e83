// A relay in memory for the engine's tests: pairs and pipes as docs/PROTOCOL.md section 4 says, and lets a test
// tamper with what passes. Its own correctness is the real relay's tests' business.

import type { DialRelay, RelaySocket, SocketEvent } from '../../../src/ports/relay-socket.ts';
import {
  CLOSE_CODES,
  type CloseName,
  parseFirstMessage,
  relayReplies,
} from '../../../src/relay-protocol/index.ts';

export type Tamper = (
  from: 'sender' | 'receiver',
  bytes: Uint8Array<ArrayBuffer>,
  index: number,
) => Uint8Array<ArrayBuffer>[];

class End implements RelaySocket {
  readonly #events: SocketEvent[] = [];
  readonly #waiting: ((event: SocketEvent) => void)[] = [];
  #closed: SocketEvent | null = null;
  onMessage: (message: string | Uint8Array<ArrayBuffer>) => void = () => {};
  onClose: () => void = () => {};
  readonly bufferedBytes = 0;
  sentBinary = 0;

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#closed === null) this.onMessage(message);
  }
  async drained(): Promise<void> {}
  receive(): Promise<SocketEvent> {
    const event = this.#events.shift() ?? this.#closed;
    if (event) return Promise.resolve(event);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
  close(): void {
    this.shut(1000, '');
  }
  terminate(): void {
    this.shut(1006, '');
  }
  push(event: SocketEvent): void {
    if (this.#closed !== null) return;
    const waiting = this.#waiting.shift();
    if (waiting) waiting(event);
    else this.#events.push(event);
  }
  shut(code: number, reason: string): void {
    if (this.#closed !== null) return;
    this.#closed = { kind: 'closed', code, reason, allWritten: true };
    for (const waiting of this.#waiting.splice(0)) waiting(this.#closed);
    this.onClose();
  }
}

export class MemoryRelay {
  readonly #waiting = new Map<string, End>();
  readonly #pairs: [End, End][] = [];
  #nextNameplate = 7;
  tamper: Tamper = (_from, bytes) => [bytes];
  /** Whether a pair is cut when it is to pass a message, counted over all pairs: the message is lost, or passed. */
  cut: (passed: number) => 'before' | 'after' | null = () => null;
  #passed = 0;

  readonly dial: DialRelay = async () => {
    const end = new End();
    end.onMessage = (message) => this.#first(end, message);
    return end;
  };

  #first(end: End, message: string | Uint8Array): void {
    const first =
      typeof message === 'string' ? parseFirstMessage(message) : { refused: 'bad-hello' as const };
    if ('refused' in first) {
      this.#refuse(end, first.refused);
      return;
    }
    if (first.type === 'allocate') {
      const nameplate = first.nameplate ?? String(this.#nextNameplate++);
      const text = relayReplies(first.version, []).allocated(nameplate, 'a'.repeat(22));
      end.push({ kind: 'text', text });
      this.#wait(`${nameplate} sender`, end);
      return;
    }
    const other = this.#waiting.get(`${first.key} ${first.role === 'sender' ? 'receiver' : 'sender'}`);
    if (other === undefined) {
      if (first.role === 'receiver' && first.key.length < 10) this.#refuse(end, 'unknown-code');
      else this.#wait(`${first.key} ${first.role}`, end);
      return;
    }
    for (const [key, waiting] of this.#waiting) if (waiting === other) this.#waiting.delete(key);
    if (first.role === 'sender') this.#pair(end, other);
    else this.#pair(other, end);
  }

  /** Every pair loses its connections. */
  cutAll(): void {
    for (const [sender, receiver] of this.#pairs.splice(0)) sever(sender, receiver);
  }

  #wait(key: string, end: End): void {
    this.#waiting.set(key, end);
    end.onClose = () => {
      if (this.#waiting.get(key) === end) this.#waiting.delete(key);
    };
  }

  #pair(sender: End, receiver: End): void {
    this.#pairs.push([sender, receiver]);
    for (const [from, end, other] of [
      ['sender', sender, receiver],
      ['receiver', receiver, sender],
    ] as const) {
      end.onMessage = (message) => {
        if (typeof message === 'string') return;
        const cut = this.cut(this.#passed++);
        if (cut === 'before') {
          sever(sender, receiver);
          return;
        }
        for (const passed of this.tamper(from, message, end.sentBinary++)) {
          other.push({ kind: 'binary', bytes: passed.slice() });
        }
        if (cut === 'after') sever(sender, receiver);
      };
      end.onClose = () => other.shut(CLOSE_CODES['peer-left'].code, '');
      end.push({ kind: 'text', text: '{"type":"ready"}' });
    }
  }

  #refuse(end: End, name: CloseName): void {
    end.shut(CLOSE_CODES[name].code, '');
  }
}

/** Both connections are lost, as when a relay is killed. */
function sever(sender: End, receiver: End): void {
  // Neither hears from the relay that the other has gone.
  sender.onClose = receiver.onClose = () => {};
  sender.shut(1006, '');
  receiver.shut(1006, '');
}
