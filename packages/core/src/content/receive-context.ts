// What the receiver's pipeline is given: where content goes, what lies there, and who hears of it.

import type { ComparedFile } from '../delta/compared-file.ts';
import type { RefusedChunks } from '../delta/refused-chunks.ts';
import type { AckMeter } from '../flow/ack-meter.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { FolderSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import type { LazyZstd } from '../ports/zstd.ts';

/** What `ContentReceiver` needs of its session, and whom it tells. */
export interface ReceiveContext {
  sink: FolderSink;
  /** Files of which something lies here that is compared, by index, ascending. */
  compared: ReadonlyMap<number, ComparedFile>;
  refused: RefusedChunks;
  /** Sends the body of a keep record. */
  answer(keepBody: Bytes): Promise<void>;
  /** Progress of reading what lies here: `bytes` of `totalBytes`. */
  onHashed(bytes: number, totalBytes: number): void;
  meter: AckMeter;
  clock: Clock;
  /** Null where the sender was told to send raw payloads. */
  zstd: LazyZstd | null;
  bulk: BulkCrypto;
  onText(text: string): void;
  /**
   * Counts content of unknown size, of all files and sessions together.
   * @throws TransferError `limit-exceeded`
   */
  countUnsized(bytes: number): void;
  onFileDone(entry: ManifestEntry, sizeBytes: number): void;
  /** This end can't save that file, and goes on with the others. */
  onUnsaved(entry: ManifestEntry, error: TransferError): void;
  /** Something went wrong while writing: the transfer can't go on. Told once. */
  onFailed(error: unknown): void;
  /** All that was accepted is committed, and the sender has said that there is no more; with `failure`, all but what can't be saved. */
  onComplete(failure: TransferError | null): void;
}
