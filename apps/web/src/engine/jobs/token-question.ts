// Asks the page for an access token when the relay wants one or another one, as often as it does.
import { type ErrorCode, TransferError } from '@p2p-copy/core';

const WANTED: ReadonlySet<ErrorCode> = new Set([
  'relay-token-needed',
  'relay-token-refused',
  'relay-token-expired',
]);

/** The token that a job shows to the relay of its page, and to no other. */
export class TokenQuestion {
  #token: string | null;
  readonly #ask: (code: ErrorCode) => void;
  readonly #signal: AbortSignal;
  #answer: (token: string) => void = () => {};

  /** @param ask has the page ask the person; `answer` is called then */
  constructor(token: string | null, ask: (code: ErrorCode) => void, signal: AbortSignal) {
    this.#token = token;
    this.#ask = ask;
    this.#signal = signal;
  }

  /** For relays of an origin. */
  readonly tokenFor = (origin: string): string | null =>
    origin === self.location.origin ? this.#token : null;

  answer(token: string): void {
    this.#answer(token);
  }

  /**
   * Runs `attempt` again with each token that is entered.
   * @throws TransferError its own; `interrupted`
   */
  async admitted<T>(attempt: () => Promise<T>, mayRepeat: () => boolean): Promise<T> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof TransferError && WANTED.has(error.code) && mayRepeat())) throw error;
        this.#token = await this.#answered(error.code);
      }
    }
  }

  #answered(code: ErrorCode): Promise<string> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new TransferError('interrupted'));
      this.#signal.addEventListener('abort', giveUp, { once: true });
      if (this.#signal.aborted) giveUp();
      this.#answer = (token) => {
        this.#signal.removeEventListener('abort', giveUp);
        resolve(token);
      };
      this.#ask(code);
    });
  }
}
