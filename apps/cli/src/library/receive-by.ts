// Receives whatever the two ends meet by: the review of an offer by this side's own policy, and the sink.
import {
  ANY_RECEIVER,
  type ReceiveOptions as EngineOptions,
  type TransferResult as EngineResult,
  RateLimit,
  stopOf,
  TransferError,
} from '@p2p-copy/core';
import { refusalsInWords } from '../node/parts/disk-refusals.ts';
import type { RemovedParts } from '../node/sinks/remove-parts.ts';
import { nodeClock } from '../node/time/clock.ts';
import { counted } from '../wording/amounts.ts';
import { quoted } from '../wording/show-text.ts';
import type { LeftOut, ReceiveResult } from './public-types.ts';
import type { ReceiveOptions } from './receive.ts';
import { encodeResumption } from './resumption.ts';
import { Review } from './review-offer.ts';

/** `receive`, whatever the ends meet by. @param run lets an engine receive */
export async function receiveBy(
  options: ReceiveOptions & { relay: string },
  run: (engineOptions: Omit<EngineOptions, 'code'>) => Promise<EngineResult>,
): Promise<ReceiveResult> {
  const { out, to, overwrite = 'rename', compare = true, verify = 'arrival' } = options;
  const { notes = [] } = options;
  const accepted = options.accepted ?? undefined;
  const {
    limitRate,
    lanes,
    path,
    reconnectTimeoutMs,
    signal = new AbortController().signal,
    onEvent = () => {},
  } = options;
  const { risky = 'leave-out', awaitsSender = true } = options;
  const onLeftOut = (leftOut: LeftOut) => onEvent({ type: 'left-out', ...leftOut });
  const review = new Review({
    out,
    to,
    overwrite,
    compares: compare,
    readsBack: verify === 'disk',
    consents: options.continue,
    accepted,
    delivered: new Set(notes.flatMap((note) => ('delivered' in note ? [note.delivered] : []))),
    maxUnsizedBytes: options.maxUnsizedBytes,
    acceptChanged: options.acceptChanged?.bind(options),
    accept: options.accept?.bind(options),
    only: options.only,
    risky,
    onLeftOut,
  });
  await review.prepare();
  const makesLinks = await review.makesLinks();
  let text: string | null = null;
  let hasEnded = notes.some((note) => 'ended' in note);
  try {
    const result = await run({
      relayUrl: options.relay,
      refused: notes.flatMap((note) => ('refused' in note ? note.refused : [])),
      noteRefused: (rows) => options.onNote?.({ refused: rows }),
      onResumable(transferSecret, isAccepted) {
        if (isAccepted && review.accepted === null) {
          options.onNotResumable?.();
          return;
        }
        options.onResumable?.(encodeResumption(transferSecret), isAccepted ? review.accepted : null);
        if (!isAccepted) return;
        if (hasEnded) void options.onNote?.({ ended: 'open' });
        hasEnded = false;
      },
      async noteEnd(ended) {
        hasEnded = true;
        if (review.accepted !== null) await options.onNote?.({ ended });
      },
      nameRules: ANY_RECEIVER,
      ...(limitRate !== undefined && { rateLimit: new RateLimit(nodeClock, limitRate) }),
      makesLinks,
      ...(lanes !== undefined && { lanes }),
      ...(path !== undefined && { path }),
      ...(reconnectTimeoutMs !== undefined && { reconnectTimeoutMs }),
      awaitsSender,
      isOnce: options.isOnce ?? (to !== undefined || options.onResumable === undefined),
      signal,
      // A receiver is told a code, and draws none.
      onEvent(event) {
        if (event.type === 'file-done') {
          const path = review.noteDone(event.index);
          if (path !== null) void options.onNote?.({ delivered: path });
        }
        if (event.type !== 'code') onEvent(event);
      },
      review: (manifest, withdrawn) => review.decide(manifest, withdrawn),
      reviewChanged: (changed, withdrawn) => review.decideChanged(changed, withdrawn),
      onText(received) {
        text = received;
        options.onText?.(received);
      },
    });
    return { ...result, text, ...review.outcome() };
  } catch (error) {
    const isStopped = error instanceof TransferError && error.code === 'interrupted';
    if (isStopped && stopOf(signal) === 'discard') throw discarded(review.removeParts());
    // Our own reason for refusing says more than the engine's word for it.
    throw review.refusal ?? error;
  } finally {
    await review.replaced.putBack();
    const { settings, left } = review.refusals;
    for (const warning of [refusalsInWords(settings, left), review.replaced.inWords()])
      if (warning !== null) options.onWarning?.(warning);
    review.release();
  }
}

/** How a stop for good is told. */
function discarded({ removed, left }: RemovedParts): TransferError {
  const sentences = ['Interrupted.'];
  if (removed > 0) sentences.push(`Deleted: ${counted(removed, 'unfinished file')}.`);
  if (left.length > 0)
    sentences.push(`Not deleted, since the disk refused it: ${left.map(quoted).join(', ')}.`);
  return new TransferError('interrupted', sentences.join(' '));
}
