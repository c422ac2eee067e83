// What an app gives an engine: ports, wishes, and callbacks.

import type { RefusedRow } from '../delta/refused-chunks.ts';
import type { RateLimit } from '../flow/rate-limit.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { FolderSink, NameRules } from '../ports/byte-sink.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import type { DirectNetwork } from '../ports/direct-network.ts';
import type { RendezvousAt } from '../ports/rendezvous.ts';
import type { RtcNetwork } from '../ports/rtc-network.ts';
import type { ZstdPorts } from '../ports/zstd.ts';
import type { Manifest } from '../wire/manifest.ts';
import type { TransferEvent } from './events.ts';
import type { ChangedFile } from './pinned-entry.ts';

/** What a platform gives, whatever connects the ends. */
export interface PlatformPorts extends ZstdPorts {
  clock: Clock;
  /** SHA-256 and AES-GCM, where the platform has faster ones than WebCrypto. */
  bulk?: BulkCrypto;
}

/** A platform, and how the ends of a transfer meet. */
export interface EnginePorts extends PlatformPorts {
  /** `relayRendezvous` for a relay. */
  rendezvousAt: RendezvousAt;
  /** How this device is dialled over TCP, and dials. Where this and the next two are missing, everything goes by way of the relay. */
  direct?: DirectNetwork;
  /** The same over QUIC. */
  quic?: DirectNetwork;
  /** How this device makes WebRTC connections, where it can. */
  rtc?: RtcNetwork;
}

/** How long an end seeks the other one when nobody says: half an hour. */
export const DEFAULT_RECONNECT_TIMEOUT_MS = 30 * 60_000;

/** How long a code is valid when nobody says: a day. */
export const DEFAULT_WAIT_MS = 24 * 3_600_000;

/** Whether content is compressed: where it pays, always, never. */
export type CompressMode = 'auto' | 'on' | 'off';

/** Which paths content may take: the best one, the relay alone, direct ones alone, those over TCP or over QUIC alone. */
export type PathChoice = 'auto' | 'relay' | 'direct' | 'tcp' | 'quic';

/** What `sendFiles` sends, and whom it asks and tells. */
export interface SendOptions {
  /** http(s) or ws(s) URL of the relay. */
  relayUrl: string;
  /** What to send; may still be scanned while the code is shown. Errors it rejects with end the transfer. */
  entries: Promise<SourceEntry[]>;
  /** Resolves when the scan has found content that can be sent. With it no code is made before the scan's end, or content and a second. */
  hasContent?: Promise<void>;
  /** A code, or its secret part, chosen by the person; drawn at random when absent. */
  code?: string;
  /** Resumes the transfer with this secret, in place of a code. */
  transferSecret?: Bytes;
  /** Called at once, with what changes the offer. In vain once it is accepted. */
  onRevisable?(revise: (entries: Promise<readonly SourceEntry[]>) => void): void;
  /**
   * Called with what it takes to resume the transfer after a restart: a secret, and the offer. The receiver can answer the offer
   * only once the promise resolves. Comes again with each change of the offer.
   */
  onResumable?(transferSecret: Bytes, entries: readonly SourceEntry[]): void | Promise<void>;
  /**
   * Called when the receiver has acknowledged every file, and when its receipt has come and is right; not where a file failed. `bye`
   * is said only once the promise resolves. docs/PROTOCOL.md section 12, "The end of a transfer".
   */
  noteEnd?(end: 'acknowledged' | 'receipt'): void | Promise<void>;
  /** Resumed: whether an earlier process noted that every file was acknowledged. */
  isAcknowledged?: boolean;
  /** Words in a drawn code. Default 2. */
  words?: number;
  /** How long a code is valid, from the first one on, in ms, MAX_WAIT_MS at most. Default 24 hours. */
  waitMs?: number;
  /** Default `auto`. */
  compress?: CompressMode;
  /** How fast records of content leave. Default: as fast as they can. */
  rateLimit?: RateLimit;
  /** Parallel connections for data; the receiver may want fewer. By default as many, up to 8, as bring something. */
  lanes?: number;
  /** Default `auto`. Addresses are told only to an accepted other end, and not with `relay`. */
  path?: PathChoice;
  /** How long the other end may be out of reach before that fails the transfer. 0: not at all. Default half an hour. */
  reconnectTimeoutMs?: number;
  /**
   * Whether no other process can go on for this end once this one has ended, so that the other end is told. A function is asked when
   * the ends have met, and after each `onResumable` of an offer. Default false.
   */
  isOnce?: boolean | (() => boolean);
  /** Aborting rejects with `interrupted`. The reason says what the other side is told, as `Stop` has it. */
  signal: AbortSignal;
  onEvent(event: TransferEvent): void;
}

/** A yes to an offer. Indices are those of its entries. */
export interface AcceptingAnswer {
  accept: true;
  sink: FolderSink;
  /** Entries that are not wanted. */
  skip: ReadonlySet<number>;
  /** The pin of the list that the person saw, where the answer comes from elsewhere than the question. */
  pin?: Bytes;
  /** Whether parts of earlier attempts are compared. Default true. */
  compareParts?: boolean;
  /** Entries that may also be compared with a file under their final name: the person consents to that. Default none. */
  compareFinals?: ReadonlySet<number>;
  /** Resumed: entries that an earlier process has received. */
  delivered?: ReadonlySet<number>;
  /** Resumed: files that are no longer as they were accepted. They fail. */
  refused?: ReadonlySet<number>;
  /** Bytes of content of unknown size that are taken, all files together. Default any. */
  maxUnsizedBytes?: number;
  /** Why no more than that is taken: `no-space` where it is what was free. Default `limit-exceeded`. */
  maxUnsizedCode?: 'limit-exceeded' | 'no-space';
}

/** What the person (or a policy of theirs) says to an offer. */
export type ReviewAnswer =
  | AcceptingAnswer
  /** `code` tells the sender why: `declined`, or a reason such as `no-space`. */
  | { accept: false; code: ErrorCode; message?: string };

/** What `receiveFiles` joins, and whom it asks and tells. */
export interface ReceiveOptions {
  relayUrl: string;
  /** The code exactly, as `readTypedCode` found it in what was typed; or the secret of a transfer to resume. */
  code: string | { transferSecret: Bytes };
  /**
   * Called with what it takes to resume the transfer after a restart: a secret. First when the ends have met, before anything is
   * offered, then when the offer is accepted. The sender hears of either only once the promise resolves, so that it is noted before.
   */
  onResumable?(transferSecret: Bytes, isAccepted: boolean): void | Promise<void>;
  /** Resumed: what `noteRefused` was given by earlier processes, in any order. */
  refused?: readonly RefusedRow[];
  /**
   * Notes which chunks of what lies here were found to differ, so that no later process of this transfer answers about them
   * again. The sender is told only once the promise resolves.
   */
  noteRefused?(rows: RefusedRow[]): void | Promise<void>;
  /** Called when everything is durable, if no file failed: the receipt is sent only once the promise resolves. */
  noteEnd?(end: 'receipt'): void | Promise<void>;
  /** What the disk here can hold. */
  nameRules: NameRules;
  /** Whether the sink makes symbolic links, so that the offer may have some. Default false. */
  makesLinks?: boolean;
  /** Parallel connections for data, at most. Default 8. */
  lanes?: number;
  /** How fast content is let come. Default: as fast as it can. */
  rateLimit?: RateLimit;
  /** Bytes that may be under way and not yet on disk. */
  windowBytes?: number;
  /** Default `auto`. Addresses are told only to an accepted other end, and not with `relay`. */
  path?: PathChoice;
  /** How long the other end may be out of reach before that fails the transfer. 0: not at all. Default half an hour. */
  reconnectTimeoutMs?: number;
  /**
   * Whether no other process can go on for this end once this one has ended, so that the other end is told. A function is asked when
   * the ends have met, after `onResumable`. Default false.
   */
  isOnce?: boolean | (() => boolean);
  /** Whether a sender that holds the code and isn't connected is waited for. Default true; else that is `sender-away` at once. */
  awaitsSender?: boolean;
  signal: AbortSignal;
  onEvent(event: TransferEvent): void;
  /**
   * Shows the offer, whose paths have been checked, and decides. Aborted when the sender takes it back to change it:
   * the answer doesn't matter then, and the next offer is shown anew.
   */
  review(manifest: Manifest, signal: AbortSignal): Promise<ReviewAnswer>;
  /**
   * Asks about files that have another size now than was accepted; gives the indices of those that are wanted as they are now.
   * The others fail. Default: none. Aborted as `review`.
   */
  reviewChanged?(changed: readonly ChangedFile[], signal: AbortSignal): Promise<ReadonlySet<number>>;
  /** A message, verified. Text is never handed to the sink. */
  onText(text: string): void;
}
