// What becomes of an offer at the receiver.
import type { Bytes } from '../foundation/bytes.ts';
import type { TransferError } from '../foundation/errors.ts';
import type { FolderSink } from '../ports/byte-sink.ts';
import type { Manifest } from '../wire/manifest.ts';

/** An offer as this end takes it: indices are those of the session's own manifest. */
export interface AcceptedOffer {
  manifest: Manifest;
  pin: Bytes;
  sink: FolderSink;
  skip: ReadonlySet<number>;
  /** Entries that an earlier session of the transfer delivered. */
  delivered: ReadonlySet<number>;
  /** Files that are no longer as they were accepted, and fail. */
  refused: ReadonlySet<number>;
  /** What may be compared of what lies here; null for nothing. */
  compare: { finals: ReadonlySet<number> } | null;
  /** The index under which the app knows an entry. */
  appIndexOf(index: number): number;
}

/** An offer that is not taken: the person declined, or it can't be taken here because of entry `file`. */
export interface Refusal {
  type: 'refused';
  error: TransferError;
  file: number | null;
}

/** What the person decided. */
export type Decision = { type: 'accepted'; offer: AcceptedOffer } | Refusal;
