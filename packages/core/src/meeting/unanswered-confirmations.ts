// Confirmations that receivers gave under a code and that nobody answered rightly. Each was a guess for whoever played
// the sender, so they are counted over all attempts of this process or page. docs/PROTOCOL.md section 6.
import { TransferError } from '../foundation/errors.ts';
import { MAX_REMEMBERED_CODES, MAX_UNANSWERED_CONFIRMATIONS } from '../wire/limits.ts';

/** Counts of unanswered confirmations by code, in memory. */
export class UnansweredConfirmations {
  /** By code, the one that was confirmed last at the end. */
  readonly #counts = new Map<string, number>();

  /** @throws TransferError `code-spent` */
  expectUsable(code: string): void {
    if ((this.#counts.get(code) ?? 0) >= MAX_UNANSWERED_CONFIRMATIONS) throw new TransferError('code-spent');
  }

  /**
   * Counts one that is about to be sent.
   * @throws TransferError `code-spent`
   */
  count(code: string): void {
    this.expectUsable(code);
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.delete(code);
    this.#counts.set(code, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MAX_REMEMBERED_CODES && oldest !== undefined) this.#counts.delete(oldest);
  }

  /** The sender has proved to know the code. */
  answered(code: string): void {
    this.#counts.delete(code);
  }
}

/** Those of this process or page. Never written anywhere: it holds codes. */
export const unansweredConfirmations = new UnansweredConfirmations();
