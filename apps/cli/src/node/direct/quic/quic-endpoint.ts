// One socket of QUIC, which closes once nothing is to be dialled or taken any more and its last connection has ended.
import type { QuinnConnection } from './quinn-addon.ts';

/** Counts the connections of a socket. */
export class QuicEndpoint {
  readonly #abort: () => void;
  #connections = 0;
  #isClosed = false;

  /** @param abort closes the socket and all its connections */
  constructor(abort: () => void) {
    this.#abort = abort;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Keeps the socket open until a connection has ended. */
  hold(connection: QuinnConnection): void {
    this.#connections += 1;
    void connection.closed().then(() => {
      this.#connections -= 1;
      this.#end();
    });
  }

  /** No more connections are wanted. Those that stand stay. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end();
  }

  #end(): void {
    if (this.#isClosed && this.#connections === 0) this.#abort();
  }
}
