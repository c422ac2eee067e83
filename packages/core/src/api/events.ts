// What an engine tells its app while it runs. Plain data: it crosses worker boundaries as it is.
import type { ErrorCode } from '../foundation/error-table.ts';
import type { NameCounts } from '../names/survey-names.ts';
import type { Unsendable } from '../names/unsendable.ts';
import type { Path } from '../ports/path.ts';
import type { Outage } from '../ports/rendezvous.ts';

/** A file that was not delivered, and why. */
export interface FailedFile {
  path: string;
  code: ErrorCode;
}

/** Files that are not wanted. */
export interface LeftOut {
  files: number;
  /** Of the first MOST_LEFT_OUT_NAMED. */
  paths: string[];
}

/** Names in a `left-out` event, at most: the other end decides how many there are. */
export const MOST_LEFT_OUT_NAMED = 1_000;

/** What a running transfer tells its app, at either end. */
export type TransferEvent =
  /**
   * Sender: a code was allocated; tell it to the other person. It is valid for `validMs` from now on. Comes again after one that
   * was burned or lost.
   */
  | { type: 'code'; code: string; validMs: number }
  /** Sender: the code above is void because someone used wrong words; a new `code` follows. */
  | { type: 'code-burned' }
  /** Sender: the code above is void because the relay forgot it, and its number is somebody else’s; a new `code` follows. */
  | { type: 'code-lost' }
  /** Someone is there; the keys are being agreed on. */
  | { type: 'joined' }
  /** Sender: who joined left without guessing, and why; the same code waits again. */
  | { type: 'left'; code: ErrorCode }
  /** Both ends hold the same key. The words may be compared aloud. */
  | { type: 'verifier'; words: string[] }
  /**
   * The manifest is complete: sent (sender) or read and found safe (receiver). `names`: what a sender's names tell, as if they
   * landed at the top of a person's own folder.
   */
  | {
      type: 'offer';
      files: number;
      bytes: number;
      unsized: boolean;
      names?: NameCounts;
      /** Receiver: files and folders that the sender says it could not send; absent when it says none. */
      unsent?: number;
      /** Symbolic links in it; absent when there are none. */
      links?: number;
      /** Sender: links that aren't in it, since the receiver can't make any; absent when there are none. */
      linksLeftOut?: number;
    }
  /**
   * Sender: what was gathered and can't be sent, before the rest is offered. Comes again when that changes. `isAll`: there is no
   * rest, and an error follows.
   */
  | ({ type: 'unsendable'; isAll: boolean } & Unsendable)
  /** Sender: files that the receiver doesn't want. Receiver: files that it left out because some system obeys their names. */
  | ({ type: 'left-out' } & LeftOut)
  /** Receiver: the sender changes what it offers; another `offer` comes. */
  | { type: 'offer-withdrawn' }
  /** The receiver accepted; `bytes` and `files` are those accepted. `isOutdated`: the offer as it was before its last change. */
  | { type: 'accepted'; files: number; bytes: number; unsized: boolean; isOutdated?: boolean }
  /** Receiver: what lies here already is hashed, to be compared; `bytes` of `totalBytes` so far. */
  | { type: 'comparing'; bytes: number; totalBytes: number }
  /** The receiver's disk can't take more for now, and why; it is tried again by itself. `message` is the receiver's, and so is `cause`, beneath the sink's error. */
  | { type: 'paused'; code: ErrorCode; message: string; cause?: unknown }
  | { type: 'continued' }
  /** Files that changed while they were sent, and are sent again. */
  | { type: 'again'; files: number }
  /** The other end says that no other process can go on for it: once the one that runs has ended, the transfer is over. */
  | { type: 'unresumable' }
  /**
   * There is no connection, at the beginning or since it was lost, and one is sought for `leftMs` more. `missing`: a relay that can
   * be reached, or the other end. Comes again when that changes. While a code waits, the other end isn’t missing.
   */
  | ({ type: 'reconnecting' } & Outage)
  /** It is there. `restarted`: the other end was started anew, and what it has is compared first. */
  | { type: 'reconnected'; restarted: boolean }
  /**
   * `bytes` are on the receiver's disk, of which `keptBytes` lay there already. `totalBytes` is null while an unsized source
   * runs.
   */
  | { type: 'progress'; bytes: number; keptBytes: number; totalBytes: number | null; filesDone: number }
  /** Which path content takes, with the first of it and whenever that changes. */
  | ({ type: 'path' } & Path)
  /** One file will not be delivered; the others go on. `cause`, at a sender: the error of its source, where that is why. */
  | { type: 'file-failed'; path: string; code: ErrorCode; cause?: unknown }
  /** A file stands verified under its final name at the receiver. */
  | { type: 'file-done'; index: number };

/** How a transfer ended well: every file not in `failed` is verified and durable at the receiver. */
export interface TransferResult {
  files: number;
  bytes: number;
  failed: FailedFile[];
  /** Sender: paths of files that something else changed or made longer meanwhile, and that are delivered as they were offered. Absent when there are none. */
  grown?: string[];
}
