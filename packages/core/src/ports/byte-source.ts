// Port: where the sender's bytes come from.
import type { EntryKind } from './entry.ts';
import type { UnsendableReason } from './unsendable.ts';

/** One thing to send, as found before anything is read. */
export interface SourceEntry {
  kind: EntryKind;
  /** Relative path with `/` between segments; NFC. */
  path: string;
  /** Bytes; null for a stream whose length isn't known. 0 for a folder or link. */
  sizeBytes: number | null;
  /** Milliseconds since 1970, or null when unknown. */
  modifiedMs: number | null;
  executable: boolean;
  /** Permission bits, 0 to 0o777, where the platform has them. */
  mode?: number;
  /** Of a link: the path of the entry to which it leads, which need not be there. */
  target?: string;
  /** Why it isn't offered: it is counted and told instead. Its path is for people then, and it is never opened. */
  unsendable?: UnsendableReason;
  /**
   * Opens the content. Never called for a folder or link.
   * @throws TransferError `source-unreadable`
   */
  open(): Promise<ByteSource>;
  /**
   * The entry as it is now, if it can be looked at again.
   * @throws TransferError `source-unreadable`
   */
  refresh?(): Promise<SourceEntry>;
}

/** The open content of one entry. Closed by whoever opened it. */
export interface ByteSource {
  /**
   * Fills `into` with the bytes at `offset` and returns how many were written: fewer than its length only at the end.
   * Offsets of an unsized source are asked for in order.
   * @throws TransferError `source-unreadable`
   */
  read(offset: number, into: Uint8Array): Promise<number>;
  /**
   * The same at once, where the content lies in memory; null where it doesn't, or where the event loop is due a turn: `read`
   * it then. Throws the errors of `read`.
   */
  readAtOnce?(offset: number, into: Uint8Array): number | null;
  /** Whether size and modification time are still those of the entry. */
  isUnchanged(): Promise<boolean>;
  /** Of content that has changed: whether it still begins with what was offered, as far as that was noted then. Default: it may. */
  beginsAsOffered?(): Promise<boolean>;
  close(): Promise<void>;
}
