// What page and engine worker say to each other. A job opens with one message and a port of its own, over which it reports.
// Its commands come to the worker itself: Firefox now and then loses a File that goes over a port. Everything is plain
// data; file bytes never cross.
import type {
  ChangedFile,
  ManifestEntry,
  NameSurvey,
  OfferChanges,
  TransferEvent,
  TransferResult,
  UnsendableReason,
} from '@p2p-copy/core';
import type { FailureRecord, Refusal } from './browser-refusal.ts';

/** What is posted to the worker: a job, with its port, and later its commands. */
export type ToEngine<Command = SendCommand | ReceiveCommand> =
  | { id: number; job: Job }
  | { id: number; command: Command };

/** What the worker posts once it hears what is posted to it. */
export const ENGINE_READY = 'ready';

/** One thing that a person picked, in the order picked. */
export type PickedItem =
  | { kind: 'file'; path: string; file: File }
  | { kind: 'folder'; path: string }
  | { kind: 'text'; text: string }
  /** What can't be sent: it is counted, and told with the reason. */
  | {
      kind: 'unsendable';
      path: string;
      entryKind: 'file' | 'folder';
      reason: UnsendableReason;
      /** Of a browser that doesn't give it: the exception's name. */
      exception?: string;
    };

/** The two ports of a streamed download. */
export interface DownloadChannels {
  /** To the service worker. */
  data: MessagePort;
  /** To the page, which keeps the service worker awake whenever something comes: a worker can't, and a page's own timers rest in the background. */
  awake: MessagePort;
}

/** Where a person wants what they receive. Handles come from the browser's own pickers. */
export type SinkChoice =
  /** For messages alone, which are shown and not saved. */
  | { kind: 'none' }
  | { kind: 'browser' }
  | { kind: 'folder'; folder: FileSystemDirectoryHandle }
  | { kind: 'file'; file: FileSystemFileHandle }
  /** In this tab, as long as it is open. */
  | { kind: 'memory' }
  /** A download that has begun. */
  | ({ kind: 'download'; isZip: boolean } & DownloadChannels);

/** What lies verified in this browser's own storage or in memory, waiting to be saved. */
export interface KeptFiles {
  transferId: string;
  place: 'browser' | 'memory';
  files: KeptFile[];
  /** Whether folders are part of it, so that only a .zip holds it all. */
  hasFolders: boolean;
}
export interface KeptFile {
  path: string;
  sizeBytes: number;
}

/** What both people agree on before a classic transfer: the code as it was typed, and whether to encrypt. */
export interface ClassicTerms {
  code: string;
  encrypt: boolean;
}

/** Our own wire, for which the engine draws the code, or that of the Python tool. */
export type SendWire = { wire: 'version-two' } | ({ wire: 'classic' } & ClassicTerms) | Resumed;
export type ReceiveWire =
  /** `isAnew`: whatever this browser knows of that code, it is another one. */
  { wire: 'version-two'; code: string; isAnew?: boolean } | ({ wire: 'classic' } & ClassicTerms) | Resumed;

/** Goes on with what an earlier tab began. */
interface Resumed {
  wire: 'resumed';
  transferId: string;
}

/** A transfer that an earlier tab left, or that another one has, as the page lists it. */
export interface ListedTransfer {
  id: string;
  /** Reviewing: nothing was accepted. Received: whole, in this browser's storage. */
  kind: 'reviewing' | 'receiving' | 'sending' | 'received';
  title: string;
  files: number;
  bytes: number;
  totalBytes: number | null;
  /** Whether another tab has it. */
  isTaken: boolean;
  /** What the person must allow the page to use again: the folder to receive into, or what was picked to be sent. */
  handles: FileSystemHandle[];
  /** Sending or receiving: how far its end had come. `receipt`: everything was received. Absent before. */
  ended?: 'acknowledged' | 'receipt';
}

/** Files in this browser's storage of which nothing else is known. */
export interface Strays {
  transfers: number;
  bytes: number;
}

/** How what was chosen differs from what was being sent: paths, a few of them, and how many there are. */
export interface Mismatch {
  missing: string[];
  missingCount: number;
  changed: string[];
  changedCount: number;
}

/** Which paths content may take, in a job of our own wire. */
export interface JobPaths {
  /** `relay`: no other, and no address of this device is told to the other end. */
  path: 'auto' | 'relay';
  /** Whether the page makes connections of WebRTC. */
  hasRtc: boolean;
}

/** `accessToken`: for the relay of the page; null for none. */
export type SendJob = { type: 'send'; relayUrl: string; accessToken: string | null } & JobPaths & SendWire;
export type ReceiveJob = { type: 'receive'; relayUrl: string } & JobPaths & ReceiveWire;

export type Job =
  | SendJob
  | ReceiveJob
  /** Packs what a transfer left in this browser into one .zip, where it lies. */
  | { type: 'zip'; transferId: string }
  | { type: 'open-kept'; transferId: string; path: string }
  | { type: 'delete-kept'; transferId: string }
  /** The page shows it no more: it is listed from here on. */
  | { type: 'release-kept'; transferId: string }
  /** Takes what an earlier tab received. */
  | { type: 'reopen-kept'; transferId: string }
  | { type: 'list-transfers' }
  | { type: 'delete-listed'; transferId: string }
  | { type: 'delete-strays' };

export type SendCommand =
  | { type: 'items'; items: PickedItem[] }
  /** Where the items are found again, when the browser gives handles. */
  | { type: 'roots'; roots: FileSystemHandle[] }
  /** Resumed: the roots that were stored are enough. */
  | { type: 'items-stored' }
  | { type: 'items-end' }
  /** After the end: more is being picked, and another end comes. */
  | { type: 'items-more' }
  /** The file or folder of that name isn't offered any more; nor is what lies below it. */
  | { type: 'items-removed'; top: string }
  /** A folder could not be read to its end. */
  | { type: 'items-failed'; error: FailureRecord }
  /** The answer to `token-wanted`. */
  | { type: 'access-token'; token: string }
  | StopCommand
  | LimitCommand
  /** As a closed tab does: the other side waits. */
  | { type: 'leave' };

/**
 * The person stops: `keep` what it takes to go on later, `end` for good, or `discard`: the same, and unfinished files are deleted. Null
 * while nothing was accepted.
 */
export interface StopCommand {
  type: 'stop';
  stop: 'keep' | 'end' | 'discard' | null;
}

/** Content goes no faster than that from now on; null: as fast as it can. */
interface LimitCommand {
  type: 'limit-rate';
  bytesPerSecond: number | null;
}

/** What a person agrees to beside the list, as it was shown. */
export interface AcceptTerms {
  /** To compare what stands under the offered names. */
  compares: boolean;
  /** Most to take of what has no known size. */
  maxUnsizedBytes: number;
}

export type ReceiveCommand =
  /**
   * `skip` holds indices of entries that aren't wanted, ascending; `pin` is that of the list that was shown, null in classic.
   * One for another `offer` than the last counts for nothing.
   */
  | ({
      type: 'accept';
      offer: number;
      sink: SinkChoice;
      skip: number[];
      pin: Uint8Array<ArrayBuffer> | null;
    } & AcceptTerms)
  | { type: 'decline' }
  /** Whether the files are wanted as they are now. */
  | { type: 'answer-change'; id: number; takes: boolean }
  | StopCommand
  | LimitCommand
  | { type: 'leave' };

/** Files of which another size is offered now than was accepted. */
export interface ChangedFiles {
  /** Some of them. */
  first: Omit<ChangedFile, 'index'>[];
  files: number;
}

/** Whether it could be gone on with if this tab were closed now. */
type Resumability = { type: 'resumable'; isResumable: boolean };

/** What the engine tells of a transfer, without causes. A disk that can't take more for now is told of with what the browser said. */
export type EngineEvent =
  | Exclude<TransferEvent, { type: 'paused' | 'file-failed' }>
  | (Omit<TransferEvent & { type: 'paused' }, 'cause'> & { refusal?: Refusal })
  | Omit<TransferEvent & { type: 'file-failed' }, 'cause'>;

/** The last report of a job is `done`, `mismatch`, `taken`, `failed` or `crashed`. */
export type SendReport =
  | { type: 'event'; event: EngineEvent }
  /** Files that were finished since the last report, for each name at the top of the offer. */
  | { type: 'files-done'; tops: [top: string, files: number][] }
  | Resumability
  /** The relay wants an access token, or another one; nothing was accepted yet, and the job waits for one. */
  | { type: 'token-wanted'; error: FailureRecord }
  /** Nothing was sent: what was chosen isn't what was being sent. */
  | { type: 'mismatch'; mismatch: Mismatch }
  | Taken
  | { type: 'done'; result: TransferResult }
  | Ending;

export type ReceiveReport =
  | { type: 'event'; event: EngineEvent }
  /** An earlier tab has used this code: its offer is fetched again from the same sender. */
  | { type: 'found-review' }
  /** Until it is answered, the offer can be reviewed again after this tab, under that id. */
  | { type: 'review-noted'; id: string }
  /** Indices of the offer. */
  | { type: 'files-done'; indices: number[] }
  /** Some entries of that offer, in order. A million at once would keep the page from everything else for seconds. */
  | { type: 'entries'; offer: number; entries: ManifestEntry[] }
  /**
   * All entries of the offer have come. `folders` names for each of them the folder entry nearest above, or −1; `storesFiles`
   * tells whether this browser's storage was found to take files; `hasEarlier` whether an earlier attempt at the same offer left
   * something there; `pin` is that of the list, null in classic. The sender may change it: then another `offer` comes.
   */
  | {
      type: 'review';
      offer: number;
      pin: Uint8Array<ArrayBuffer> | null;
      folders: Int32Array;
      survey: NameSurvey;
      storesFiles: boolean;
      hasEarlier: boolean;
      /** Files and folders that the sender says it could not send. */
      unsent: number;
      /** How it differs from the first list that was shown; null for that. */
      changes: OfferChanges | null;
    }
  /** A question about files that changed since they were accepted; null takes it back. */
  | { type: 'change'; question: { id: number; changed: ChangedFiles } | null }
  | { type: 'text'; text: string }
  | Resumability
  | Taken
  /** After `discard`: unfinished files that could not be deleted. Sent before `failed`. */
  | { type: 'undeleted'; files: number }
  /** What is complete in this browser, if anything is; sent before `done` and before `failed`. */
  | { type: 'kept'; kept: KeptFiles }
  | { type: 'done'; result: TransferResult }
  | Ending;

export type StorageReport =
  | { type: 'zip-progress'; bytes: number }
  | { type: 'file'; file: File }
  | { type: 'transfers'; listed: ListedTransfer[]; strays: Strays }
  | { type: 'kept'; kept: KeptFiles }
  | { type: 'ok' }
  | Taken
  | Ending;

/** Another tab has the transfer. */
type Taken = { type: 'taken' };

type Ending =
  | { type: 'failed'; error: FailureRecord }
  /** A bug of ours, or a browser that can't run the engine at all. */
  | { type: 'crashed'; message: string };
