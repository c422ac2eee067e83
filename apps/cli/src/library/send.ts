// The library's sending end: what a caller may say, and the transfer to whoever has the code.
import type { Readable } from 'node:stream';
import { sendFiles } from '@p2p-copy/core';
import { createNodePorts } from '../node/node-ports.ts';
import type { EndNote, PassedOnRelay, SendResult, TransferEvent } from './public-types.ts';
import { sendBy } from './send-by.ts';

/** What to send, and how. At least one of `paths`, `stdin` and `text` is needed. */
export interface SendOptions {
  /**
   * Files and folders; a folder arrives under its own name, with all that is in it. What is named is followed where it is a symbolic
   * link; links below it are sent as links where they lead to something that is sent, and left out where they lead elsewhere. What is
   * named twice is sent once, and further things of one name are numbered: `a.jpg`, `a (1).jpg`. A pipe that is named is sent as a stream.
   */
  paths?: readonly string[];
  /** Whether the content of every link is sent in its place, wherever it leads. Default false. */
  followLinks?: boolean;
  /** A stream, sent as a file called `stdin` while it is read. */
  stdin?: Readable;
  /** The name of the one stream that is sent, in place of `stdin` or its own. */
  name?: string;
  /**
   * Patterns of what is left out of `paths`, by the rules of gitignore: `*.log`, `build/`, `/dist`, `!keep.log`. One with a slash
   * inside or in front is told from each folder that is named. The event `offer` says how many.
   */
  exclude?: readonly string[];
  /**
   * Whether what git would ignore is left out: by the `.gitignore` files in the folders that are named and around them up to their
   * repository, and its `.git/info/exclude`. `exclude` decides where they differ. Default false.
   */
  gitignore?: boolean;
  /** A message of at most 1 MiB, which the other side shows instead of saving it. */
  text?: string;
  /** http(s) or ws(s) URL of the relay. Default `http://localhost:8765`. */
  relay?: string;
  /**
   * How the other device finds the relay, for the link and the event `code`; or what finds it out once there is a code, since the relay
   * may be out of reach before. Must not reject. Default: by `relay`.
   */
  passedOn?: PassedOnRelay | (() => Promise<PassedOnRelay>);
  /**
   * Access token, for a relay that asks senders for one: shown to the relay of `relay` only, and to no other that it sends this
   * end to. Or what gives the token for the relays of an origin, such as `https://copy.example.org`.
   */
  relayToken?: string | ((origin: string) => string | null);
  /** A code of one's own, or its secret part, of at least 6 characters. Drawn at random when absent. */
  code?: string;
  /** Continues the transfer of which `onResumable` told this secret, without a code: the receiver resumes, or still runs. */
  resume?: string;
  /**
   * Called when the offer is made, before the receiver can answer it, with what it takes to continue after a restart: a secret.
   * May come again, with the same one. Never for streams and messages. Keep it where only this user can read it, until the
   * promise resolves, or rejects because the offer was declined.
   */
  onResumable?(resume: string): void;
  /** Called after `onResumable` with how far the end of the transfer has come, to be kept beside it. */
  onNote?(note: EndNote): void | Promise<void>;
  /** With `resume`: the last of these. After `acknowledged` the receiver is sought for 20 s only. */
  ended?: EndNote['ended'];
  /** Words in a drawn code, 1 to 12. Default 2. */
  words?: number;
  /** How long the code is valid, in ms: 14 days at most, by default 24 hours. Then `send` rejects with `wait-expired`. */
  waitMs?: number;
  /** `auto` (the default) compresses what gets smaller. */
  compress?: 'auto' | 'on' | 'off';
  /** Bytes a second that leave, at most, over all connections: what goes compressed counts as such. Default: no limit. */
  limitRate?: number;
  /** Parallel connections for data; the receiver may want fewer. By default as many, up to 8, as bring something. */
  lanes?: number;
  /**
   * Which path content takes: the shortest that works (`auto`, the default), the relay alone, or direct ones alone, `tcp` and
   * `quic` those over TCP and QUIC. Direct ones tell the other side addresses of this device, once it has accepted.
   */
  path?: 'auto' | 'relay' | 'direct' | 'tcp' | 'quic';
  /** A file of certificates (PEM) to trust besides the system's, for a relay with one of its own. */
  caFile?: string;
  /** How long the relay or the other side may be out of reach before that is a failure. 0: not at all. Default half an hour. */
  reconnectTimeoutMs?: number;
  /**
   * Whether the receiver is told that no other process can go on for this one. Default: with `stdin` or `text`, and without
   * `onResumable`.
   */
  isOnce?: boolean;
  /**
   * Aborting rejects with `interrupted`. The reason says what the other side is told: `'keep'` that it can be resumed, `'end'` that it
   * can't, `'leave'` nothing, so that it waits for this side; any other that this side cancelled.
   */
  signal?: AbortSignal;
  /** Called in order, and never after the promise has settled. Must not throw. */
  onEvent?(event: TransferEvent): void;
  /**
   * What is left out of a folder and holds nothing: with `followLinks` broken links, and links that lead in circles. Ten at most, then
   * their number. And patterns that leave nothing out.
   */
  onWarning?(warning: string): void;
}

/**
 * Sends files, a stream or a message to one receiver, who needs the code that comes with the first event. Resolves
 * when the receiver has confirmed that every file is verified and durable, or is in `failed`. What can't be sent is left out,
 * told in `unsendable`, and the rest is offered.
 * @throws TransferError with its `code`. `source-unreadable`, `path-refused` and `nothing-to-send` come before a code is made:
 * when something named is missing, or nothing can be sent
 */
export function send(options: SendOptions): Promise<SendResult> {
  return sendBy(options, async (engineOptions, tokenFor) =>
    sendFiles(await createNodePorts({ caFile: options.caFile, tokenFor }), engineOptions),
  );
}
