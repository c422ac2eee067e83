// Files that this end can't save, each for itself: they hold up no other. Nothing tells the sender to leave them out, so what still comes of them is let
// go, within limits, and the session ends with the first refusal once all others are here. docs/PROTOCOL.md section 10.
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import { MAX_LET_GO_BYTES, MAX_UNSAVED_FILES } from '../wire/limits.ts';

/** What a disk says of one file or its name. */
const OF_ONE_FILE: ReadonlySet<ErrorCode> = new Set(['sink-failed', 'name-impossible']);

/** Counts the files of a session that this end can’t save, each for itself. */
export class UnsavedFiles {
  readonly #isAllowed: boolean;
  #first: TransferError | null = null;
  #files = 0;
  #letGoBytes = 0;
  /** Indices of those that the sender couldn't deliver either. */
  readonly #undelivered = new Set<number>();

  /** @param isAllowed whether the sink keeps each file for itself */
  constructor(isAllowed: boolean) {
    this.#isAllowed = isAllowed;
  }

  /**
   * Counts a file; why it can't be saved.
   * @param lostBytes content of it that was written and never became durable
   * @throws Error `error`, where it says something of more than this file, may pass, or there are more files than may be
   */
  add(error: unknown, lostBytes: number): TransferError {
    if (!(error instanceof TransferError) || error.retryable || !OF_ONE_FILE.has(error.code)) throw error;
    if (!this.#isAllowed) throw error;
    // That many are the disk's own fault.
    if (this.#files === MAX_UNSAVED_FILES) throw error;
    this.#first ??= error;
    this.#files += 1;
    this.letGo(lostBytes);
    return error;
  }

  /**
   * Counts content of these files that came and isn't written; none as long as there are none.
   * @throws TransferError the first refusal, where it is more than may be
   */
  letGo(bytes: number): void {
    const { failure } = this;
    if (failure === null) return;
    this.#letGoBytes += bytes;
    if (this.#letGoBytes > MAX_LET_GO_BYTES) throw failure;
  }

  /** Whether the sender says only now, and not again, that it can’t deliver one of them. @param index its entry's */
  isFirstFailure(index: number): boolean {
    const isFirst = !this.#undelivered.has(index);
    this.#undelivered.add(index);
    return isFirst;
  }

  /** All of them as one error; null for none. */
  get failure(): TransferError | null {
    if (this.#first === null || this.#files === 1) return this.#first;
    const { code, message, cause } = this.#first;
    const others = this.#files === 2 ? 'another file' : `${this.#files - 1} other files`;
    return new TransferError(code, `${message} Nor can ${others}.`, { cause });
  }
}
