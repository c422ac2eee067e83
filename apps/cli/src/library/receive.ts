// The library's receiving end: what a caller may say, and the transfer from whoever shows the code.
import type { Writable } from 'node:stream';
import { codeUnasked, formatCode, receiveFiles, TransferError } from '@p2p-copy/core';
import { DEFAULT_RELAY } from '../constants/relay-address.ts';
import { certificateOfLink } from '../node/network/pinned-certificate.ts';
import { createNodePorts } from '../node/node-ports.ts';
import type {
  AcceptedOffer,
  ChangedFile,
  Conflict,
  Offer,
  OverwriteAction,
  OverwritePolicy,
  ReceiveNote,
  ReceiveResult,
  RiskyPolicy,
  TransferEvent,
} from './public-types.ts';
import { receiveBy } from './receive-by.ts';
import { parseResumption } from './resumption.ts';

/** Where to receive from and into, and what to ask on the way. One of `code` and `resume` is needed. */
export interface ReceiveOptions {
  /**
   * The code as typed or pasted, or the link that carries it: a drawn one is mended, a chosen one is taken as it stands. Taken
   * apart it is used exactly. Not with `resume`.
   */
  code?: string | { nameplate: string; secret: string };
  /** Continues the transfer of which `onResumable` told this secret: the sender resumes, or still runs. */
  resume?: string;
  /** What `onResumable` told beside it: the same offer, or less, is not reviewed again. With null it is reviewed, by `accept`. */
  accepted?: AcceptedOffer | null;
  /** With `resume`: what `onNote` told, in any order. */
  notes?: readonly ReceiveNote[];
  /**
   * Called with what it takes to continue after a restart: a secret, and what was accepted. First when the ends have met, before
   * anything is offered, with null: a review can be resumed too. Then when an offer is accepted; the sender is told so only
   * when this returns. Keep the secret where only this user can read it, until the promise settles, or `onNotResumable` comes.
   */
  onResumable?(resume: string, accepted: AcceptedOffer | null): void;
  /** Called in place of the second `onResumable` for streams and messages, which can't be continued: forget the secret. */
  onNotResumable?(): void;
  /** Called after `onResumable` with what is to be kept beside it. */
  onNote?(note: ReceiveNote): void | Promise<void>;
  /**
   * Whether parts of earlier attempts are compared, so that only what is missing comes, and equal files are left alone. Default
   * true.
   */
  compare?: boolean;
  /**
   * `disk` reads every file back and hashes it again before it gets its name. `arrival` (the default) does so with those
   * whose size or times say that something else changed them; their content was hashed when it arrived.
   */
  verify?: 'arrival' | 'disk';
  /**
   * Whether what stands under an offered name is compared too, so that only what differs comes: one answer for all of
   * these files, or asked. The sender then learns which of them are there, how large they are, and what in them equals its
   * own. Default false.
   */
  continue?: boolean | ((paths: readonly string[], signal: AbortSignal) => boolean | Promise<boolean>);
  /** Bytes of content of unknown size that are taken, at most. Default: as many as are free; any number into a stream. */
  maxUnsizedBytes?: number;
  /**
   * Whether files are wanted whose size isn't the one that was accepted, in a later session of the transfer. Default: those of at
   * most twice that size for which there is room. The others fail.
   */
  acceptChanged?(changed: readonly ChangedFile[], signal: AbortSignal): boolean | Promise<boolean>;
  /** http(s) or ws(s) URL of the relay. Default: the one in the link, else `http://localhost:8765`. */
  relay?: string;
  /** Folder to receive into; made when it is missing. Default: the current folder. */
  out?: string;
  /** A stream instead of a folder, for a single file. It is not ended. A message goes to `onText` all the same. */
  to?: Writable;
  /**
   * What becomes of files whose name is taken: one word for all, or asked for each. Default `rename`. Equal files are left
   * alone; where what looked the same differs, both are kept.
   */
  overwrite?:
    | OverwritePolicy
    | ((conflict: Conflict, signal: AbortSignal) => OverwriteAction | Promise<OverwriteAction>);
  /**
   * Whether the offer is wanted. Default: yes, but no to another one than was accepted before. What it throws is what `receive` rejects with. The signal is aborted when the
   * sender takes the offer back to change it: the answer doesn't matter then, and the next offer is asked about. Indices of entries in
   * place of `true` accept a part of it: the sender is told what is left out.
   */
  accept?(
    offer: Offer,
    signal: AbortSignal,
  ): boolean | readonly number[] | Promise<boolean | readonly number[]>;
  /**
   * Patterns of what is wanted, by the rules of gitignore: `*.jpg`, `docs/`, `!*.raw`. What matches none, nor lies in a folder that does,
   * is left out before `accept` is asked. Default: everything.
   */
  only?: readonly string[];
  /**
   * What becomes of files that some system obeys where they land, such as `.bashrc` or `.git/hooks/…`: one word for all, or
   * asked once, with all of them; true accepts. Default `leave-out`. Asked after `accept`, before anything is written. Left out
   * they are in the result, and the sender is told. When nothing else is offered, the offer is refused.
   */
  risky?: RiskyPolicy;
  /**
   * Told at the end: what the disk refused beside content, such as dates and permissions, and where a file is kept that a folder
   * was to replace.
   */
  onWarning?(warning: string): void;
  /** A message from the other side, verified. Escape it before printing it. */
  onText?(text: string): void;
  /** Bytes of content a second that are let come, at most, over all connections. Default: no limit. */
  limitRate?: number;
  /** Parallel connections for data, at most. */
  lanes?: number;
  /**
   * Which path content takes: the shortest that works (`auto`, the default), the relay alone, or direct ones alone, `tcp` and
   * `quic` those over TCP and QUIC. Direct ones tell the other side addresses of this device, once an offer is accepted.
   */
  path?: 'auto' | 'relay' | 'direct' | 'tcp' | 'quic';
  /** A file of certificates (PEM) to trust besides the system's, for a relay with one of its own. */
  caFile?: string;
  /** How long the relay or the other side may be out of reach before that is a failure. 0: not at all. Default half an hour. */
  reconnectTimeoutMs?: number;
  /**
   * Whether the sender is told that no other process can go on for this one. Default: with `to`, and without `onResumable`.
   */
  isOnce?: boolean;
  /** Whether a sender that holds the code and isn't connected is waited for. Default true; else that is `sender-away` at once. */
  awaitsSender?: boolean;
  /**
   * Aborting rejects with `interrupted`. The reason says what the other side is told: `'keep'` that it can be resumed, `'end'` that it
   * can't, `'leave'` nothing, so that it waits for this side; any other that this side cancelled. Parts stay where
   * they are, except with `'discard'`: that is told as `'end'` is, and they are deleted.
   */
  signal?: AbortSignal;
  /** Called in order, and never after the promise has settled. Must not throw. */
  onEvent?(event: TransferEvent): void;
}

/**
 * Receives what the sender of a code offers. Resolves when every file is verified and durable under its final name,
 * or is in `failed`. Nothing stands under a final name before it is verified; `to` gets bytes as they come, so there
 * only a resolved promise says that they are complete.
 * @throws TransferError with its `code`. `sink-failed` for an output folder that can't be written comes before the
 * code is used
 */
export async function receive(options: ReceiveOptions): Promise<ReceiveResult> {
  const { meeting, ...link } = meetingOf(options);
  const relay = options.relay ?? link.site ?? DEFAULT_RELAY;
  return receiveBy({ ...options, relay }, async (engineOptions) => {
    const caFile = options.caFile ?? (await certificateOfLink(relay, link));
    return receiveFiles(await createNodePorts({ caFile }), { ...engineOptions, code: meeting });
  });
}

function meetingOf({ code, resume }: ReceiveOptions) {
  if (resume !== undefined)
    return { meeting: { transferSecret: parseResumption(resume) }, site: null, fingerprint: null };
  if (code === undefined) throw new TransferError('bad-code', 'There is no code.');
  const read = typeof code === 'string' ? codeUnasked(code) : { code, site: null, fingerprint: null };
  return { meeting: formatCode(read.code), site: read.site, fingerprint: read.fingerprint };
}
