// What a sender offers, and what the receiver says of it before it accepts.

import type { LeftOut } from '../api/events.ts';
import type { NumberedEntry } from '../content/read-content.ts';
import { offerPin } from '../crypto/offer-pin.ts';
import { Comparison } from '../delta/comparison.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { hasContent } from '../ports/entry.ts';
import type { ControlMessage } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import { MAX_ENTRIES } from '../wire/limits.ts';
import { leftOutOf } from './left-out.ts';
import { SkippedEntries } from './skipped-entries.ts';

/** A receiver's word about entries that aren't to be sent. */
export type LeavingOut = ControlMessage & { type: 'skip' | 'delivered' | 'refuse' };

/** What an offer needs of its session. */
export interface SenderOfferContext {
  bulk: BulkCrypto;
  /** Aborted when the session ends. */
  signal: AbortSignal;
  /** Whether the receiver is told modes. */
  hasModes: boolean;
  /** Lets other things happen. */
  pause(): Promise<void>;
}

/** One offer of a sender, and what the receiver has answered to it so far. */
export class SenderOffer {
  readonly entries: readonly SourceEntry[];
  readonly comparison: Comparison;
  /** Whether all of its manifest is sent, so that it may be answered. */
  isMade = false;
  /** Digest over all that is accepted with it. */
  readonly pin: Promise<Bytes>;
  readonly #skipped: SkippedEntries;
  readonly #delivered: SkippedEntries;
  readonly #refused: SkippedEntries;
  #refusals: { index: number; code: ErrorCode }[] = [];

  /** @throws TransferError `nothing-to-send`, `limit-exceeded` */
  constructor(entries: readonly SourceEntry[], { bulk, signal, pause, hasModes }: SenderOfferContext) {
    if (entries.length === 0) throw new TransferError('nothing-to-send');
    if (entries.length > MAX_ENTRIES) throw new TransferError('limit-exceeded');
    this.entries = entries;
    this.pin = offerPin(entries, pause, hasModes);
    this.#skipped = new SkippedEntries(entries.length);
    this.#delivered = new SkippedEntries(entries.length);
    this.#refused = new SkippedEntries(entries.length);
    this.comparison = new Comparison(entries, bulk, signal);
  }

  /**
   * Takes entries that aren't to be sent.
   * @param isFirst whether no session came before this one, which could have delivered anything
   * @throws TransferError `protocol-violation`
   */
  leaveOut(message: LeavingOut, isFirst: boolean): void {
    if (isFirst && message.type === 'delivered')
      throw violation('something was delivered before it was offered');
    const marks = { skip: this.#skipped, delivered: this.#delivered, refuse: this.#refused }[message.type];
    for (const range of message.ranges) marks.add(range);
    if (message.type !== 'refuse') return;
    for (const [first, last] of message.ranges) {
      for (let index = first; index <= last; index += 1) {
        if (!hasContent(this.entries[index]!.kind)) throw violation('a folder or link is refused');
        this.#refusals.push({ index, code: message.code });
      }
    }
  }

  /** Entries that fail, since the receiver doesn't take them as they are now. */
  get refusals(): readonly { index: number; code: ErrorCode }[] {
    return this.#refusals;
  }

  /** Files that the receiver doesn't want; null when it wants all. */
  leftOut(): LeftOut | null {
    return leftOutOf(this.entries, (index) => this.#skipped.has(index));
  }

  /** Files and messages that an earlier session has delivered. */
  delivered(): NumberedEntry[] {
    return this.#content().filter(({ index }) => this.#delivered.has(index));
  }

  /** What has content and is to be sent. */
  wanted(): NumberedEntry[] {
    const marks = [this.#skipped, this.#delivered, this.#refused];
    const isWanted = (index: number) => !marks.some((marked) => marked.has(index));
    for (const index of this.comparison.files)
      if (!isWanted(index)) throw violation('what is not sent is compared');
    return this.#content().filter(({ index }) => isWanted(index));
  }

  #content(): NumberedEntry[] {
    return this.entries
      .map((entry, index) => ({ index, entry }))
      .filter(({ entry }) => hasContent(entry.kind));
  }
}
