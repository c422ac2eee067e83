// What a sender knows of an accepted offer while it is delivered.

import type { TransferEvent } from '../api/events.ts';
import { DigestTable } from '../content/digest-table.ts';
import type { NumberedEntry } from '../content/read-content.ts';
import { CreditWindow } from '../flow/credit-window.ts';
import { equalBytes } from '../foundation/bytes.ts';
import type { ControlMessage } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import type { ContentCount } from '../wire/manifest.ts';

/** The sender’s account of one transfer: credit, digests, progress. */
export class Delivery {
  readonly credit: CreditWindow;
  readonly digests: DigestTable;
  /** Null while a stream of unknown length runs. */
  readonly totalBytes: number | null;
  readonly #isDone: Uint8Array;
  #keptBytes = 0;

  /** @param entryCount entries in the manifest */
  constructor(limitBytes: number, entryCount: number, wanted: ContentCount) {
    this.credit = new CreditWindow(limitBytes);
    this.digests = new DigestTable(entryCount);
    this.#isDone = new Uint8Array(entryCount);
    this.totalBytes = wanted.unsized ? null : wanted.bytes;
  }

  /** Counts bytes that lay at the receiver already. */
  kept(bytes: number): void {
    this.#keptBytes += bytes;
  }

  /**
   * What an ack says to a person.
   * @throws TransferError `protocol-violation`
   */
  progressOf({
    files,
    durable,
    limit,
  }: ControlMessage & { type: 'ack' }): TransferEvent & { type: 'progress' } {
    this.credit.acknowledge(durable, limit);
    const keptBytes = this.#keptBytes;
    const bytes = durable + keptBytes;
    return { type: 'progress', bytes, keptBytes, totalBytes: this.totalBytes, filesDone: files };
  }

  /**
   * Files that an ack says have become durable.
   * @throws TransferError `protocol-violation`
   */
  *filesDone({ done }: ControlMessage & { type: 'ack' }): Generator<number> {
    for (const [first, last] of done) {
      if (last >= this.#isDone.length) throw violation('a file that was not offered is done');
      for (let index = first; index <= last; index += 1) {
        if (this.#isDone[index] === 1) throw violation('a file was done twice');
        this.#isDone[index] = 1;
        yield index;
      }
    }
  }

  /** Whether a receipt is for all that was delivered. */
  isConfirmedBy({ files, bytes, digest }: ControlMessage & { type: 'receipt' }): boolean {
    const { digests } = this;
    return files === digests.files && bytes === digests.bytes && equalBytes(digest, digests.receiptDigest());
  }

  /**
   * What was delivered in this session and those before it.
   * @param before what earlier sessions delivered
   * @param sentSizes bytes that were sent of entries of unknown size, by path
   */
  totalsWith(
    before: readonly NumberedEntry[],
    sentSizes: ReadonlyMap<string, number>,
  ): { files: number; bytes: number } {
    const sizeOf = ({ entry }: NumberedEntry) => entry.sizeBytes ?? sentSizes.get(entry.path) ?? 0;
    const { files, bytes } = this.digests;
    return {
      files: files + before.length,
      bytes: before.reduce((sum, entry) => sum + sizeOf(entry), bytes),
    };
  }
}
