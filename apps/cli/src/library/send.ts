// The library's sending end: puts the platform's ports and what was named together, and lets the engine run.
import type { Readable } from 'node:stream';
import {
  type SendOptions as EngineOptions,
  type TransferResult as EngineResult,
  originOf,
  RateLimit,
  type SourceEntry,
  sendFiles,
  TransferError,
  unsendablePath,
} from '@p2p-copy/core';
import { nodeClock } from '../node/clock.ts';
import { endpoint } from '../node/network/dial-relay.ts';
import { withoutLogin } from '../node/network/relay-login.ts';
import { createNodePorts } from '../node/node-ports.ts';
import { isNamedPipe, lookUpPaths, type NamedPath, TopNamesTaken } from '../node/sources/named-paths.ts';
import { scanPaths } from '../node/sources/scan-paths.ts';
import { STREAM_NAME, streamEntry } from '../node/sources/stream-source.ts';
import { TEXT_NAME, textEntry } from '../node/sources/text-source.ts';
import { quoted } from '../wording/show-text.ts';
import { LinkedEvents } from './linked-events.ts';
import type {
  EndNote,
  LeftOut,
  PassedOnRelay,
  SendResult,
  TransferEvent,
  Unsendable,
} from './public-types.ts';
import { DEFAULT_RELAY } from './relay-address.ts';
import { encodeResumption, parseResumption } from './resumption.ts';

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

/** `send`, whatever the ends meet by. @param run lets an engine send */
export async function sendBy(
  options: SendOptions,
  run: (engineOptions: EngineOptions, tokenFor: (origin: string) => string | null) => Promise<EngineResult>,
): Promise<SendResult> {
  const { onEvent = () => {}, onWarning = () => {}, relay = DEFAULT_RELAY } = options;
  const signal = options.signal ?? new AbortController().signal;
  endpoint(relay);
  const names = new TopNamesTaken();
  const named = await lookUpPaths(options.paths ?? [], names);
  nameStream(named, options, names);
  const given = givenEntries(options, names);
  const isStreamed = given.length > 0 || named.some(isNamedPipe);
  if (named.length + given.length === 0) throw new TransferError('nothing-to-send');

  /** Whether the same can be offered again: known when it is made. */
  let isSteady = false;
  let tellContent = () => {};
  const hasContent = new Promise<void>((resolve) => {
    tellContent = resolve;
  });
  if (given.length > 0) tellContent();
  let excluded = 0;
  const scanning = scanPaths(named, {
    onWarning,
    onContent: tellContent,
    follow: options.followLinks ?? false,
    takesPipes: true,
    excludes: options,
    onExcluded() {
      excluded += 1;
    },
    signal,
  }).then((entries) => {
    if (entries.length + given.length === 0 && excluded > 0)
      throw new TransferError('nothing-to-send', 'The patterns leave out everything that is named.');
    return [...entries, ...given];
  });
  // The engine may take its time, or fail before it looks: the scan's error must not count as unhandled.
  scanning.then(
    (entries) => {
      isSteady = given.length === 0 && entries.every(({ sizeBytes }) => sizeBytes !== null);
    },
    () => {},
  );

  const { code, resume, words, waitMs, compress, limitRate, lanes, path, reconnectTimeoutMs } = options;
  let leftOut: LeftOut | null = null;
  let unsendable: Unsendable | null = null;
  /** What was noted last; null for nothing. */
  let end: EndNote['ended'] | null = options.ended ?? null;
  const tokenFor = tokensFor(options.relayToken, relay);
  const passedOn = { address: withoutLogin(relay), fingerprint: null, command: null };
  const events = new LinkedEvents(onEvent, options.passedOn ?? passedOn);
  const engineOptions: EngineOptions = {
    relayUrl: relay,
    entries: scanning,
    hasContent,
    ...(code !== undefined && { code }),
    ...(resume !== undefined && { transferSecret: parseResumption(resume) }),
    ...(words !== undefined && { words }),
    ...(waitMs !== undefined && { waitMs }),
    ...(compress !== undefined && { compress }),
    ...(limitRate !== undefined && { rateLimit: new RateLimit(nodeClock, limitRate) }),
    ...(lanes !== undefined && { lanes }),
    ...(path !== undefined && { path }),
    ...(reconnectTimeoutMs !== undefined && { reconnectTimeoutMs }),
    isOnce: options.isOnce ?? (isStreamed || options.onResumable === undefined),
    signal,
    onResumable(transferSecret) {
      if (!isSteady) return;
      options.onResumable?.(encodeResumption(transferSecret));
      if (end !== null) void options.onNote?.({ ended: 'open' });
      end = 'open';
    },
    async noteEnd(ended) {
      end = ended;
      if (isSteady) await options.onNote?.({ ended });
    },
    isAcknowledged: options.ended === 'acknowledged',
    onEvent(event) {
      if (event.type === 'left-out') leftOut = { files: event.files, paths: event.paths };
      if (event.type === 'unsendable') unsendable = { count: event.count, entries: event.entries };
      events.take(event.type === 'offer' && excluded > 0 ? { ...event, excluded } : event);
    },
  };
  const result = await run(engineOptions, tokenFor).finally(() => events.told());
  return { ...result, ...(leftOut !== null && { leftOut }), ...(unsendable !== null && { unsendable }) };
}

function tokensFor(relayToken: SendOptions['relayToken'], relay: string) {
  if (typeof relayToken === 'function') return relayToken;
  const own = originOf(relay);
  return (origin: string) => (origin === own ? (relayToken ?? null) : null);
}

function givenEntries({ stdin, text, name = STREAM_NAME }: SendOptions, names: TopNamesTaken): SourceEntry[] {
  const entries: SourceEntry[] = [];
  if (text !== undefined) entries.push(textEntry(text, names.take(TEXT_NAME)));
  if (stdin !== undefined) entries.push(streamEntry(() => stdin, names.take(name)));
  return entries;
}

/**
 * Gives the one pipe among what was named the name that was chosen.
 * @throws TransferError `path-refused` for no name, and where there isn't one stream
 */
function nameStream(named: NamedPath[], { name, stdin }: SendOptions, names: TopNamesTaken): void {
  if (name === undefined) return;
  if (name.includes('/') || unsendablePath(name.normalize('NFC')) !== null)
    throw new TransferError('path-refused', `${quoted(name)} cannot be the name of a file.`);
  const pipes = named.filter(isNamedPipe);
  const streams = pipes.length + (stdin === undefined ? 0 : 1);
  if (streams !== 1) {
    const found = streams === 0 ? 'there is none' : `there are ${streams}`;
    throw new TransferError('path-refused', `A name is given for one stream, but ${found}.`);
  }
  if (pipes.length === 1) pipes[0]!.name = names.take(name);
}
