// Which entries the receiver doesn't want, as its `skip` messages say.

import type { IndexRange } from '../foundation/index-ranges.ts';
import { violation } from '../wire/fields.ts';

/** The entries that the receiver doesn’t want, collected from `skip` messages. */
export class SkippedEntries {
  readonly #isSkipped: Uint8Array;
  #next = 0;

  constructor(entryCount: number) {
    this.#isSkipped = new Uint8Array(entryCount);
  }

  /**
   * Ranges come in ascending order, so that marking them is linear in the manifest however many there are.
   * @throws TransferError `protocol-violation`
   */
  add([first, last]: IndexRange): void {
    if (first < this.#next || last >= this.#isSkipped.length)
      throw violation('a skipped range is out of order');
    this.#isSkipped.fill(1, first, last + 1);
    this.#next = last + 1;
  }

  has(index: number): boolean {
    return this.#isSkipped[index] === 1;
  }
}
