// What users of the library see. Self-contained: the engine's package is bundled, not published, so these types repeat
// what of it crosses the border; `check-public-types.ts` holds the two together.
import type { ErrorCode } from './types/error-code.ts';
import type { Unsendable } from './types/offer-types.ts';

export type { ErrorCode, TransferError } from './types/error-code.ts';
export type {
  AcceptedOffer,
  EndNote,
  ReceiveNote,
  RefusedRow,
  Unsendable,
  UnsendableReason,
} from './types/offer-types.ts';

/** A file whose size isn't the one that was accepted. */
export interface ChangedFile {
  path: string;
  /** Position in the offer. */
  index: number;
  /** Null for an unknown size, as below. */
  acceptedBytes: number | null;
  sizeBytes: number | null;
}

/** Amounts of an offer. */
export interface Amounts {
  /** Files and messages; folders are not counted. */
  files: number;
  /** Sum of the known sizes. */
  bytes: number;
  /** Whether a size is unknown, so that `bytes` is a lower bound. */
  unsized: boolean;
}

/** Files of an offer by what their names tell; each is counted once. */
export interface NameCounts {
  /** Some system could obey them where they land: startup files, hooks, keys. */
  risky: number;
  /** Hidden, or in a hidden folder. */
  hidden: number;
  /** Could run when they are opened. */
  programs: number;
}

/** Files that are not wanted. */
export interface LeftOut {
  files: number;
  /** Of the first 1,000. Chosen by the sender: escape them before printing them. */
  paths: string[];
}

/** How a sender's relay is named to the other device. */
export interface PassedOnRelay {
  /** http(s) or ws(s) URL, without user name and password. */
  address: string;
  /** SHA-256 in hex of a certificate that nobody vouches for; null for any other, and for a relay without one. */
  fingerprint: string | null;
  /** SHA-256 in hex of the command line that the relay serves at `cli.mjs`; null where it serves none. */
  command: string | null;
}

/** What a transfer tells while it runs. */
export type TransferEvent =
  /**
   * Sender: a code was allocated, valid for `validMs`, and the link that carries it. Comes again after one that is void. `relay`:
   * how the other device finds it.
   */
  | { type: 'code'; code: string; url: string; validMs: number; relay: PassedOnRelay }
  /** Sender: the code above is void, because someone used wrong words; another `code` follows. */
  | { type: 'code-burned' }
  /** Sender: the code above is void, because the relay forgot it and gave its number away; another `code` follows. */
  | { type: 'code-lost' }
  /** Someone is there; keys are being agreed on. */
  | { type: 'joined' }
  /** Sender: who joined left without guessing, and why. The same code waits again. */
  | { type: 'left'; code: ErrorCode }
  /** Both ends hold the same key. People may compare the words aloud. */
  | { type: 'verifier'; words: string[] }
  /**
   * The list of what is offered is complete. `names`: what its names tell, at a sender. `unsent`, at a receiver: files and folders
   * that the sender says it could not send; absent when it says none. `excluded`, at a sender: files and folders that patterns left
   * out, a folder once with all that is in it; absent when there are none. `links`: symbolic links in it; absent when there are none.
   * `linksLeftOut`, at a sender: links that aren't in it, since the receiver can't make any; absent when there are none.
   */
  | ({
      type: 'offer';
      names?: NameCounts;
      unsent?: number;
      excluded?: number;
      links?: number;
      linksLeftOut?: number;
    } & Amounts)
  /** Sender: what was gathered and can't be sent; the rest is offered. `isAll`: there is no rest, and `send` rejects. */
  | ({ type: 'unsendable'; isAll: boolean } & Unsendable)
  /** Sender: files that the receiver doesn't want. Receiver: files left out because some system obeys their names. */
  | ({ type: 'left-out' } & LeftOut)
  /** Receiver: the sender changes what it offers; another `offer` comes. */
  | { type: 'offer-withdrawn' }
  /** The receiver accepted the offer or a part of it: the amounts that come. */
  | ({ type: 'accepted' } & Amounts)
  /** Receiver: what lies there already is hashed, to be compared: `bytes` of `totalBytes`. */
  | { type: 'comparing'; bytes: number; totalBytes: number }
  /** The receiver's disk can't take more for now, and why; it is tried again by itself. */
  | { type: 'paused'; code: ErrorCode; message: string }
  | { type: 'continued' }
  /** Number of files that changed while they were sent: they are sent again. */
  | { type: 'again'; files: number }
  /** The other side says that no other process can go on for it: once the one that runs has ended, the transfer is over. */
  | { type: 'unresumable' }
  /**
   * There is no connection, at the beginning or since it was lost, and one is sought for `leftMs` more. `missing`: a relay that can
   * be reached, or the other side. Comes again when that changes.
   */
  | { type: 'reconnecting'; missing: 'relay' | 'peer'; leftMs: number }
  /** It is there. `restarted`: the other side was started anew, and what it has is compared first. */
  | { type: 'reconnected'; restarted: boolean }
  /** `bytes` are on the receiver's disk, of which `keptBytes` lay there already. `totalBytes` is null while a stream of unknown length runs. */
  | { type: 'progress'; bytes: number; keptBytes: number; totalBytes: number | null; filesDone: number }
  /** Which path content takes, with the first of it and whenever that changes. `isLocal`: within one network. */
  | { type: 'path'; kind: 'relay' | 'tcp' | 'quic' | 'webrtc'; isLocal: boolean }
  /** One file will not be delivered; the others go on. `cause`, at a sender: the error of its disk, where that is why. */
  | { type: 'file-failed'; path: string; code: ErrorCode; cause?: unknown }
  /** The entry of that index stands verified under its final name at the receiver. */
  | { type: 'file-done'; index: number };

/** A file that was not delivered, and why. */
export interface FailedFile {
  path: string;
  code: ErrorCode;
}

/** How a transfer ended. Every file that is not in `failed` is verified and durable at the receiver. */
export interface SendResult {
  files: number;
  bytes: number;
  failed: FailedFile[];
  /**
   * The first 1,000 files that something else made longer, or touched, while they were sent: what was offered of them still stood in
   * them afterwards, and that is delivered. Absent when there are none.
   */
  grown?: string[];
  /** Files that the receiver didn't want; absent when it wanted all. */
  leftOut?: LeftOut;
  /** What couldn't be offered; absent when all could. */
  unsendable?: Unsendable;
}

/** One decision about all files whose name is already taken; `always` replaces them. */
export type OverwritePolicy = 'skip' | 'rename' | 'always';

/** What becomes of a file whose name is already taken. */
export type OverwriteAction = 'skip' | 'rename' | 'replace';

/** A file or link of an offer whose name is already taken in the output folder, or a folder whose name is a file's. */
export interface Conflict {
  /** Relative to the output folder, `/` between segments. */
  path: string;
  /** What is offered. What is decided about a folder holds for all that is in it. */
  kind: 'file' | 'folder' | 'link';
  /** Bytes offered; null for a stream, 0 for a folder or link. */
  sizeBytes: number | null;
  /** Milliseconds since 1970; null when the sender doesn't say. */
  modifiedMs: number | null;
  /** What stands there now. A folder isn't replaced by a file: that file gets another name. */
  existing: { kind: 'file' | 'folder'; sizeBytes: number; modifiedMs: number };
}

/** One entry of an offer. */
export interface OfferEntry {
  /** Position in the offer. */
  index: number;
  /** A `text` is a message: it goes to `onText` and is not saved. A `link` is a symbolic link, made at the end. */
  kind: 'file' | 'folder' | 'text' | 'link';
  /** Relative, `/` between segments, NFC. Chosen by the sender: escape it before printing it. */
  path: string;
  /** Bytes; null for a stream of unknown length. */
  sizeBytes: number | null;
  /** Milliseconds since 1970; null when the sender doesn't say. */
  modifiedMs: number | null;
  executable: boolean;
  /** Permission bits that the sender says, 0 to 0o777; absent where it says none. Never more is set than the umask allows. */
  mode?: number;
  /** Of a link: the path in the offer to which it leads; nothing need be there. Chosen by the sender, as `path` is. */
  target?: string;
}

/** How an offer differs from the first one that was shown. Indices of its entries, ascending. */
export interface OfferChanges {
  /** Not in the first one under that path and as that kind. */
  added: number[];
  /** Of another size, newly or no longer executable, or leading elsewhere. */
  changed: number[];
}

/**
 * What the other side offers, or the part of it that `only` asks for. Its paths have been checked: each would be saved inside the output
 * folder.
 */
export interface Offer extends Amounts {
  entries: readonly OfferEntry[];
  /** What the names tell, judged by the output folder. The risky ones are asked about apart. */
  names: NameCounts;
  /** Bytes free where it would be saved; null when unknown, or when it goes to a stream. */
  freeBytes: number | null;
  /** Bytes that are taken of content of unknown size; null for any number. */
  maxUnsizedBytes: number | null;
  /** Files and folders that the sender says it could not send. */
  unsent: number;
  /** How it differs from the first list of this transfer, since the sender has changed its offer; null for the first one. */
  changes: OfferChanges | null;
  /** Whether something else was accepted of this transfer before: the sender has come back with another offer. */
  isAnother: boolean;
}

/** How receiving ended. Every file that is not in `failed` is verified and durable under its final name. */
export interface ReceiveResult {
  files: number;
  bytes: number;
  failed: FailedFile[];
  /** The message, if one was sent. */
  text: string | null;
  /** Absolute path of the output folder; null when the content went to a stream. */
  folder: string | null;
  /** Files saved under another name, because theirs was taken. Paths relative to `folder`. */
  renamed: { path: string; savedAs: string }[];
  /**
   * Names that the disk can't hold, and folders whose name was a file's, with what stands for them; what is in a folder is saved
   * in that one. Absent when there are none.
   */
  mapped?: { path: string; savedAs: string }[];
  /** How many files were left alone, because an equal one was there already. */
  alreadyThere: number;
  /** Paths that were left out, because their name was taken. */
  skipped: string[];
  /** Files and folders that the sender says it could not send; absent when it says none. */
  unsent?: number;
  /**
   * What the disk didn't let be set, or didn't know, for some files or folders: permissions, dates, or whether content is stored for
   * good; or links that could not be made. The content is verified. Absent when there was nothing.
   */
  diskRefused?: ('mode' | 'time' | 'flush' | 'link')[];
  /** Files that were left out because some system obeys their names; absent when there are none. */
  leftOut?: LeftOut & {
    /** By the rule, without asking anybody. */
    unasked: boolean;
  };
}

/**
 * What becomes of files that some system obeys where they land: a rule, or asked once, with all of them and how many files are
 * offered. An answer of true accepts them.
 */
export type RiskyPolicy =
  | 'leave-out'
  | 'accept'
  | ((
      risky: readonly OfferEntry[],
      offer: { files: number },
      signal: AbortSignal,
    ) => boolean | Promise<boolean>);
