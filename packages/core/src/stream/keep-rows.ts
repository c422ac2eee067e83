// Collects the chunks that aren't sent into runs, to be told in few records.

import type { Bytes } from '../foundation/bytes.ts';
import { encodeKeepBody, type KeepRow } from '../wire/keep-record.ts';
import { encodeRecord } from '../wire/record.ts';

/** Runs told at once, at most. */
const ROWS_AT_ONCE = 1024;

export class KeepRows {
  #rows: KeepRow[] = [];

  /** Whether so many runs wait that they are better told now. */
  get isFull(): boolean {
    return this.#rows.length >= ROWS_AT_ONCE;
  }

  add(fileIndex: number, chunkIndex: number): void {
    const last = this.#rows.at(-1);
    if (last?.fileIndex === fileIndex && last.firstChunk + last.count === chunkIndex) last.count += 1;
    else this.#rows.push({ fileIndex, firstChunk: chunkIndex, count: 1 });
  }

  /** A record of all that waits, or null. */
  take(): Bytes | null {
    if (this.#rows.length === 0) return null;
    const record = encodeRecord('keep', encodeKeepBody(this.#rows));
    this.#rows = [];
    return record;
  }
}
