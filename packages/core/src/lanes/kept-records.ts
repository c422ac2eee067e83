// What an end has sent on a lane and the other hasn't acknowledged: it is sent again over the next connection.
import type { Bytes } from '../foundation/bytes.ts';
import { violation } from '../wire/fields.ts';

/** Records that were sent and not acknowledged, in order. */
export class KeptRecords {
  readonly #release: ((record: Bytes) => void) | undefined;
  #records: Bytes[] = [];
  #forgotten = 0;
  #hasLost = false;
  /** Of the records together. */
  bytes = 0;

  /** @param release takes back the memory of a record that is forgotten */
  constructor(release?: (record: Bytes) => void) {
    this.#release = release;
  }

  get all(): readonly Bytes[] {
    return this.#records;
  }

  /** Whether the other end has all that was sent. */
  get isEmpty(): boolean {
    return this.#records.length === 0 && !this.#hasLost;
  }

  keep(record: Bytes): void {
    this.#records.push(record);
    this.bytes += record.length;
  }

  /**
   * Forgets what the other end has acknowledged; whether that was anything.
   * @param acknowledged records since the lane began
   * @throws TransferError `protocol-violation`
   */
  forget(acknowledged: number): boolean {
    const count = acknowledged - this.#forgotten;
    if (count < 0 || count > this.#records.length) throw violation('more was acknowledged than was sent');
    for (const record of this.#records.splice(0, count)) {
      this.bytes -= record.length;
      this.#release?.(record);
    }
    this.#forgotten = acknowledged;
    return count > 0;
  }

  /** Lets go of all: nothing is sent again. */
  clear(): void {
    this.#hasLost ||= this.#records.length > 0;
    this.#records = [];
    this.bytes = 0;
  }
}
