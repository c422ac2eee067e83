// The socket of an end that has said its first message to a relay, and which the relay may send to another one instead of
// answering. It follows one redirect; whoever uses it sees only the answer. docs/PROTOCOL.md section 4.
import { TransferError } from '../foundation/errors.ts';
import type { RelaySocket, SocketEvent } from '../ports/relay-socket.ts';
import { parseRelayMessage } from '../relay-protocol/messages.ts';
import { type RedirectTarget, redirectTarget } from '../relay-protocol/redirect.ts';

/** What following a redirect takes. */
export interface AnnouncedContext {
  relayUrl: string;
  /** Opens a socket to where the relay sent this end, and says the first message there. */
  follow(target: RedirectTarget, signal: AbortSignal): Promise<RelaySocket>;
  signal: AbortSignal;
}

/** A socket on which the first message has been said; after the relay's answer it is that of the relay that answered. */
export class AnnouncedSocket implements RelaySocket {
  readonly #context: AnnouncedContext;
  readonly #giveUp = new AbortController();
  #socket: RelaySocket;
  #relayUrl: string;
  #wasRedirected = false;
  #isAnswered = false;

  constructor(socket: RelaySocket, context: AnnouncedContext) {
    this.#socket = socket;
    this.#context = context;
    this.#relayUrl = context.relayUrl;
  }

  /** Of the relay that this socket is connected to: the one that was dialled, or the one that it was sent to. */
  get relayUrl(): string {
    return this.#relayUrl;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(message);
  }

  drained(bytes: number): Promise<void> {
    return this.#socket.drained(bytes);
  }

  /** As `RelaySocket.receive`; until the relay has answered it also rejects with `redirect-refused` and those of the dial. */
  receive(): Promise<SocketEvent> {
    return this.#isAnswered ? this.#socket.receive() : this.#receiveAnswer();
  }

  close(): void {
    this.#giveUp.abort();
    this.#socket.close();
  }

  terminate(): void {
    this.#giveUp.abort();
    this.#socket.terminate();
  }

  async #receiveAnswer(): Promise<SocketEvent> {
    const socket = this.#socket;
    const event = await socket.receive();
    if (event.kind !== 'text') return event;
    const message = parseRelayMessage(event.text);
    if (message?.type === 'redirect') return this.#follow(socket, message.url);
    this.#isAnswered = true;
    return event;
  }

  async #follow(from: RelaySocket, url: string): Promise<SocketEvent> {
    from.close();
    const origin = { relayUrl: this.#context.relayUrl, address: from.address ?? null };
    const target = this.#wasRedirected ? null : redirectTarget(origin, url);
    if (target === null) throw new TransferError('redirect-refused');
    this.#wasRedirected = true;
    this.#relayUrl = target.url;
    const { signal } = this.#context;
    const abort = () => this.#giveUp.abort();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      this.#socket = await this.#context.follow(target, this.#giveUp.signal);
    } catch (error) {
      if (!this.#giveUp.signal.aborted) throw error;
      return GIVEN_UP;
    } finally {
      signal.removeEventListener('abort', abort);
    }
    // The dial may have ended just before it was to be given up.
    if (this.#giveUp.signal.aborted) this.#socket.terminate();
    return this.#receiveAnswer();
  }
}

const GIVEN_UP: SocketEvent = { kind: 'closed', code: 1006, reason: '', allWritten: true };
