// Decides record by record whether compressing is worth a try, from a look at it and from how the last tries went.
import { mayShrink } from './may-shrink.ts';

/** A compressed payload is sent when it is under this share of the original. */
const WORTH_RATIO = 0.95;
/** After a try that didn't pay, this many records go raw before the next one; doubled each time, up to the maximum. */
const FIRST_PAUSE_RECORDS = 1;
const MAX_PAUSE_RECORDS = 32;
/** Less is over sooner than an encoder is loaded. */
const SHORT_BYTES = 4096;

/** Decides for each record whether zstd is tried on it, from how earlier tries turned out. */
export class CompressionPolicy {
  readonly #mode: 'auto' | 'on' | 'off';
  #pauseRecords = FIRST_PAUSE_RECORDS;
  #rawLeft = 0;
  #lastFile = -1;
  /** Whether the last try paid: then the next one needs no look before. */
  #paid = false;

  constructor(mode: 'auto' | 'on' | 'off') {
    this.#mode = mode;
  }

  /**
   * Whether to try the next record, whose content is `payload`; `fileIndex` is its first slice's file, since a new file
   * may be of another kind.
   */
  shouldTry(fileIndex: number, payload: Uint8Array): boolean {
    if (this.#mode !== 'auto') return this.#mode === 'on';
    if (payload.length < SHORT_BYTES) return false;
    if (fileIndex !== this.#lastFile) {
      this.#lastFile = fileIndex;
      this.#rawLeft = Math.min(this.#rawLeft, FIRST_PAUSE_RECORDS);
    }
    if (this.#rawLeft === 0) {
      if (this.#paid || mayShrink(payload)) return true;
      this.#pause();
    } else {
      this.#rawLeft -= 1;
    }
    return false;
  }

  /** Takes the outcome of a try; returns whether the compressed form is to be sent. */
  judge(rawBytes: number, compressedBytes: number): boolean {
    // Even under `on`, a payload that grew is sent raw: it could exceed what a record may carry.
    if (this.#mode !== 'auto') return compressedBytes < rawBytes;
    const pays = compressedBytes < rawBytes * WORTH_RATIO;
    this.#paid = pays;
    if (pays) this.#pauseRecords = FIRST_PAUSE_RECORDS;
    else this.#pause();
    return pays;
  }

  #pause(): void {
    this.#rawLeft = this.#pauseRecords;
    this.#pauseRecords = Math.min(this.#pauseRecords * 2, MAX_PAUSE_RECORDS);
  }
}
