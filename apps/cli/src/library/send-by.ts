// Sends whatever the two ends meet by: puts the platform's ports and what was named together, and lets the engine run.
import {
  type SendOptions as EngineOptions,
  type TransferResult as EngineResult,
  originOf,
  RateLimit,
  type SourceEntry,
  TransferError,
  unsendablePath,
} from '@p2p-copy/core';
import { DEFAULT_RELAY } from '../constants/relay-address.ts';
import { endpoint } from '../node/network/dial-relay.ts';
import { withoutLogin } from '../node/network/relay-login.ts';
import { isNamedPipe, lookUpPaths, type NamedPath, TopNamesTaken } from '../node/sources/named-paths.ts';
import { scanPaths } from '../node/sources/scan-paths.ts';
import { STREAM_NAME, streamEntry } from '../node/sources/stream-source.ts';
import { TEXT_NAME, textEntry } from '../node/sources/text-source.ts';
import { nodeClock } from '../node/time/clock.ts';
import { quoted } from '../wording/show-text.ts';
import { LinkedEvents } from './linked-events.ts';
import type { EndNote, LeftOut, SendResult, Unsendable } from './public-types.ts';
import { encodeResumption, parseResumption } from './resumption.ts';

import type { SendOptions } from './send.ts';

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
