// What is stored of a running transfer, kept up to date, and removed when there is nothing to go on with.
import { type ErrorCode, stopOf, type TransferError } from '@p2p-copy/core';
import {
  type AcceptedRow,
  type EndedContent,
  putTransfer,
  removeTransfer,
  type SentRow,
  type StoredEnd,
  type StoredReceiving,
  type StoredSending,
} from './stored-transfers.ts';

/** How far it was need not be known better than this. */
const INTERVAL_MS = 1000;

/** Ends after which the other side may still be there, or come back. The others are final, or nothing is known of it. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'relay-unreachable',
  'not-a-relay',
  'relay-full',
  'relay-refused',
  'relay-limit-transfer',
  'relay-limit-day',
  'relay-limit-time',
  'relay-limit-idle',
  'origin-refused',
  'relay-token-needed',
  'relay-token-refused',
  'relay-token-expired',
  'rate-limited',
  'wait-expired',
  'stopped',
  'unconfirmed',
  'peer-gone',
  'peer-silent',
  'connection-lost',
  'no-space',
  'sink-failed',
]);

/** @param signal that of the job, with which its person may have stopped it */
export function isRetryable({ code }: TransferError, signal: AbortSignal): boolean {
  return code === 'interrupted' ? stopOf(signal) === 'keep' : RETRYABLE.has(code);
}

export class TransferRecord {
  readonly #stored: StoredReceiving | StoredSending;
  #writing: Promise<void> = Promise.resolve();
  #writtenMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  /** Whether a write stands in line. It takes what is true when its turn comes. */
  #isDue = false;
  #failure: unknown = null;
  /** To be stored with the next write. */
  #content: EndedContent | undefined;

  private constructor(stored: StoredReceiving | StoredSending) {
    this.#stored = stored;
  }

  /** Null where this browser stores nothing: the transfer then lives as long as its tab. */
  static async save(
    stored: StoredReceiving | StoredSending,
    rows?: SentRow[] | AcceptedRow[],
  ): Promise<TransferRecord | null> {
    try {
      if (stored.kind === 'receiving') await putTransfer(stored, rows as AcceptedRow[] | undefined);
      else await putTransfer(stored, rows as SentRow[] | undefined);
      return new TransferRecord(stored);
    } catch (error) {
      console.warn(error);
      return null;
    }
  }

  /** Notes how many bytes are safe. */
  note(bytes: number): void {
    this.#stored.bytes = bytes;
    const nowMs = performance.now();
    if (this.#isClosed || nowMs - this.#writtenMs < INTERVAL_MS) return;
    this.#writtenMs = nowMs;
    this.#write();
  }

  /** Notes how many bytes are safe, as soon as the write before is done: by the record alone a picked folder is known again. */
  noteSoon(bytes: number): void {
    this.#stored.bytes = bytes;
    if (!this.#isClosed) this.#write();
  }

  /**
   * Stores what changed in it.
   * @throws TransferError `sink-failed`, `no-space`
   */
  async writeNow(): Promise<void> {
    this.#write();
    await this.#writing;
    if (this.#failure !== null) throw this.#failure;
  }

  /**
   * Notes how far the end has come; stored when the promise resolves, where this browser stores it. A whole transfer doesn't fail
   * for a note that can't be written.
   */
  async noteEnd(ended: StoredEnd, content?: EndedContent): Promise<void> {
    if (this.#isClosed) return;
    this.#stored.ended = ended;
    this.#content = content;
    this.#write();
    await this.#writing;
  }

  /** It can be gone on with. */
  async close(): Promise<void> {
    if (!this.#isClosed) this.#write();
    this.#isClosed = true;
    await this.#writing;
  }

  /** It is done, or can't be gone on with. */
  async remove(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    await removeTransfer(this.#stored.id).catch((error: unknown) => console.warn(error));
  }

  #write(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#writing = this.#writing
      .then(() => {
        this.#isDue = false;
        // An attempt is its youth.
        const { age: _age, ...running } = this.#stored;
        const stored = { ...running, savedMs: Date.now() } as StoredReceiving | StoredSending;
        const content = this.#content;
        const put = stored.kind === 'receiving' ? putTransfer(stored, content) : putTransfer(stored);
        return put.then(() => {
          if (this.#content === content) this.#content = undefined;
        });
      })
      .catch((error: unknown) => {
        this.#failure = error;
        console.warn(error);
      });
  }
}
