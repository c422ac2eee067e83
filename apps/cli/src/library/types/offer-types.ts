// What becomes of an offer, as users of the library see it: what is left out, and what was accepted. A part of public-types.ts.

/** Why a file or folder can't be sent. More may be added. */
export type UnsendableReason =
  | 'control-character'
  | 'direction-mark'
  | 'not-unicode'
  | 'unfinished-part'
  | 'too-long'
  | 'too-deep'
  | 'impossible-name'
  | 'same-name'
  | 'no-permission'
  | 'unreadable'
  | 'special-file'
  | 'dangling-link'
  | 'leads-out'
  | 'impossible-target';

/** What a sender was given and can't send. */
export interface Unsendable {
  /** Files and folders; a folder counts once with all that is in it. */
  count: number;
  /** The first 1,000. Bytes of a path that aren't UTF-8 stand escaped in it; escape it before printing it, too. */
  entries: { path: string; reason: UnsendableReason }[];
}

/**
 * What was accepted of an offer: plain JSON, to be kept beside the secret that resumes a transfer, so that nobody is asked
 * again.
 */
export interface AcceptedOffer {
  /** What was offered, as it was shown; null for an unknown size. */
  entries: [
    path: string,
    kind: 'file' | 'folder' | 'text' | 'link',
    sizeBytes: number | null,
    executable: boolean,
    /** Permission bits; absent where the sender said none. */
    mode?: number,
  ][];
  /** Entries that are not wanted: ranges of indices, first and last. */
  skip: [first: number, last: number][];
  /** Paths under which entries are saved instead of their own, by index. */
  renamed: [index: number, path: string][];
  /** Files whose name the disk can't hold, with the paths that stand for theirs, by index. Absent when there are none. */
  held?: [index: number, path: string][];
  /** Paths at which folders stand instead of their own, by the offered ones; what is in them stands there too. Absent when there are none. */
  folders?: [path: string, placed: string][];
  /** The paths in the offer to which links lead, by index. Absent when there are none. */
  links?: [index: number, target: string][];
  /** Entries that replace what is there: ranges of indices. */
  replaces: [first: number, last: number][];
  /** Files that may be compared with what stands under their name: ranges of indices. */
  compared: [first: number, last: number][];
  /** Whether files that change are taken without a question: up to twice the accepted size, if there is room. */
  takesGrowth: boolean;
  /** Of those that are not wanted: files that were left out because some system obeys their names. */
  leftOut?: [first: number, last: number][];
  /** Whether they were left out by the rule, without asking anybody. */
  unasked?: boolean;
  /** Patterns of what is wanted, for another offer than this one. */
  only?: readonly string[];
  /** Of those that are not wanted: entries that were not chosen. */
  unwanted?: [first: number, last: number][];
  /** Which of the parts in the output folder are this transfer's, where others receive into it too. Default 0. */
  partSlot?: number;
}

/** Chunks of something that lies at the receiver, and were found to differ from what the sender has. */
export interface RefusedRow {
  identity: string;
  version: string;
  firstChunk: number;
  count: number;
}

/** What is noted of a transfer that is received, beside what was accepted. Plain JSON. */
export type ReceiveNote =
  /** The path in the offer of a file that stands verified under its name. */
  | { delivered: string }
  /** Must outlive the process, if the transfer is to, before `onNote` returns, or the promise that it returns resolves. */
  | { refused: RefusedRow[] }
  | EndNote;

/**
 * How far the end of a transfer has come; of several the last one counts. To be kept as `refused` is.
 * - `open`: another session was accepted, so that what was noted before is void.
 * - `acknowledged`, at a sender: every file stands at the receiver, as far as that says.
 * - `receipt`: every file is verified and durable at the receiver; at a sender, the receiver has confirmed it.
 */
export type EndNote = { ended: 'open' | 'acknowledged' | 'receipt' };
