// What a sender offers, and what the receiver says of it before it accepts.
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { Comparison } from '../stream/comparison.ts';
import type { NumberedEntry } from '../stream/read-content.ts';
import type { IndexRange } from '../wire/control-message.ts';
import { MAX_ENTRIES } from '../wire/limits.ts';
import type { LeftOut } from './events.ts';
import { leftOutOf } from './left-out.ts';
import { SkippedEntries } from './skipped-entries.ts';

export class SenderOffer {
  readonly entries: readonly SourceEntry[];
  readonly comparison: Comparison;
  /** Whether all of its manifest is sent, so that it may be answered. */
  isMade = false;
  readonly #skipped: SkippedEntries;

  /** @param signal aborted when the session ends. Errors: `nothing-to-send`, `limit-exceeded` */
  constructor(entries: readonly SourceEntry[], bulk: BulkCrypto, signal: AbortSignal) {
    if (entries.length === 0) throw new TransferError('nothing-to-send');
    if (entries.length > MAX_ENTRIES) throw new TransferError('limit-exceeded');
    this.entries = entries;
    this.#skipped = new SkippedEntries(entries.length);
    this.comparison = new Comparison(entries, bulk, signal);
  }

  /** Errors: `protocol-violation`. */
  skip(ranges: readonly IndexRange[]): void {
    for (const range of ranges) this.#skipped.add(range);
  }

  /** Takes the body of a have record. Errors: `protocol-violation`. */
  noteExisting(body: Bytes): void {
    this.comparison.note(body);
  }

  /** Files that the receiver doesn't want; null when it wants all. */
  leftOut(): LeftOut | null {
    return leftOutOf(this.entries, (index) => this.#skipped.has(index));
  }

  /** What has content and isn't skipped. */
  wanted(): NumberedEntry[] {
    return this.entries
      .map((entry, index) => ({ index, entry }))
      .filter(({ index, entry }) => entry.kind !== 'folder' && !this.#skipped.has(index));
  }
}
