// What a sending leaves in this browser while it runs: its lock, and what is stored to go on with it.
import type { SourceEntry } from '@p2p-copy/core';
import { OfferContent } from '../../format/offer-content.ts';
import {
  findTransfer,
  removeTransfer,
  type SentRow,
  type StoredEnd,
  type StoredSending,
  sentRows,
} from '../storage/stored-transfers.ts';
import { lockTransfer } from '../storage/transfer-lock.ts';
import { TransferRecord } from '../storage/transfer-record.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export class Sending {
  #id: string | null = null;
  #release = () => {};
  #stored: StoredSending | null = null;
  #record: TransferRecord | null = null;

  /** Takes what an earlier tab left; null when it isn't there any more, or another tab has it. */
  async take(transferId: string): Promise<{ stored: StoredSending; rows: SentRow[] } | null> {
    const release = await lockTransfer(transferId);
    if (release === null) return null;
    this.#stored = await findTransfer(transferId, 'sending');
    if (this.#stored === null) {
      release();
      return null;
    }
    [this.#id, this.#release] = [transferId, release];
    return { stored: this.#stored, rows: await sentRows(transferId) };
  }

  /** Stores what it takes to go on with `entries`; whether that worked. A message is too short for that. */
  async remember(
    relayUrl: string,
    transferSecret: Bytes,
    entries: readonly SourceEntry[],
    roots: FileSystemHandle[],
  ): Promise<boolean> {
    const rows = rowsOf(entries);
    if (rows === null) {
      // What was offered before isn't offered any more.
      await this.#record?.remove();
      this.#record = null;
      return false;
    }
    if (this.#id === null) {
      this.#id = crypto.randomUUID();
      this.#release = (await lockTransfer(this.#id)) ?? this.#release;
    }
    const content = new OfferContent();
    for (const { kind, path, sizeBytes } of rows) content.add(kind, path, sizeBytes);
    const { topName: title, files, bytes: totalBytes } = content;
    const progress = { bytes: this.#stored?.bytes ?? 0, totalBytes, savedMs: Date.now() };
    const shown = { kind: 'sending', id: this.#id, title, files, ...progress } as const;
    // What the session before still writes must not come after this.
    await this.#record?.close();
    this.#record = await TransferRecord.save({ ...shown, relayUrl, transferSecret, roots }, rows);
    return this.#record !== null;
  }

  noteProgress(bytes: number): void {
    this.#record?.note(bytes);
  }

  /** Notes how far the end has come, where anything is stored. */
  async noteEnd(ended: StoredEnd): Promise<void> {
    await this.#record?.noteEnd(ended);
  }

  /** Ends it; the rest can go later, if what that takes is stored. Whether it can. */
  async pause(): Promise<boolean> {
    await this.#record?.close();
    this.#release();
    return this.#record !== null || this.#stored !== null;
  }

  /** Ends it for good. */
  async finish(): Promise<void> {
    await this.#record?.remove();
    if (this.#stored !== null) await removeTransfer(this.#stored.id);
    this.#release();
  }
}

/** Null where a message is among them. */
function rowsOf(entries: readonly SourceEntry[]): SentRow[] | null {
  const rows: SentRow[] = [];
  for (const { kind, path, sizeBytes, modifiedMs } of entries) {
    // A page sees what links lead to, and no links.
    if (kind === 'text' || kind === 'link' || sizeBytes === null) return null;
    rows.push({ kind, path, sizeBytes, modifiedMs });
  }
  return rows;
}
