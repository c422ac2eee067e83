// The send job: what the page picked goes in, what the engine tells goes out.
import {
  isPeerOnceAfter,
  RateLimit,
  type SendOptions,
  type SourceEntry,
  sendFiles,
  TransferError,
  type TransferEvent,
  type TransferResult,
  toErrorRecord,
} from '@p2p-copy/core';
import type { SendCommand, SendJob, SendReport } from '../../contract/messages.ts';
import { splitTop } from '../../format/top-of.ts';
import { browserClock } from '../platform/browser-clock.ts';
import { dialRelayBrowser } from '../sockets/dial-relay-browser.ts';
import { leavableDial } from '../sockets/leavable-dial.ts';
import { CollectedItems } from '../sources/collected-items.ts';
import { findSent } from '../sources/find-sent.ts';
import { matchPicked } from '../sources/match-picked.ts';
import { NotedRefusals } from '../sources/noted-refusals.ts';
import { isRetryable } from '../storage/transfer-record.ts';
import { calmEvents } from './calm-events.ts';
import { enginePorts, platform, rtcOf } from './engine-ports.ts';
import { loadClassic } from './load-classic.ts';
import { reportFailure } from './report-failure.ts';
import { Sending } from './sending.ts';
import { TokenQuestion } from './token-question.ts';

export async function runSend(job: SendJob, port: MessagePort): Promise<void> {
  const report = (message: SendReport) => port.postMessage(message);
  const abort = new AbortController();
  const rateLimit = new RateLimit(browserClock);
  const collected = new CollectedItems();
  const sending = new Sending();
  const refusals = new NotedRefusals();
  const { dial, leave } = leavableDial(dialRelayBrowser);
  const question = new TokenQuestion(
    job.accessToken,
    (code) => report({ type: 'token-wanted', error: toErrorRecord(new TransferError(code)) }),
    abort.signal,
  );
  const rtc = rtcOf(job, port);
  let hasLeft = false;
  port.onmessage = ({ data: command }: MessageEvent<SendCommand>) => {
    switch (command.type) {
      case 'access-token':
        return question.answer(command.token);
      case 'stop':
        return abort.abort(command.stop ?? undefined);
      case 'limit-rate':
        return rateLimit.set(command.bytesPerSecond);
      case 'leave':
        hasLeft = true;
        leave();
        return abort.abort();
      default:
        return collected.take(command);
    }
  };

  let accepted: readonly SourceEntry[] = [];
  let isAccepted = false;
  let isPeerOnce = false;
  /** Whether nothing of what is offered is stored, so that no later tab can go on. */
  let isOnce = false;
  const { onEvent, flush } = calmEvents(
    (event) => report({ type: 'event', event }),
    (indices) => report({ type: 'files-done', tops: countedTops(indices, accepted) }),
  );
  const options = {
    signal: abort.signal,
    onEvent(event: TransferEvent) {
      if (event.type === 'accepted') isAccepted = true;
      else if (event.type === 'file-failed') refusals.note(event);
      isPeerOnce = isPeerOnceAfter(event, isPeerOnce);
      if (event.type === 'progress') sending.noteProgress(event.bytes);
      onEvent(event);
    },
  };
  const sendOver = (
    relayUrl: string,
    entries: () => Promise<SourceEntry[]>,
    resumed?: Pick<SendOptions, 'transferSecret' | 'isAcknowledged'>,
  ) =>
    question.admitted(
      () =>
        sendFiles(enginePorts(dial, rtc, question.tokenFor), {
          ...options,
          relayUrl,
          path: job.path,
          entries: entries(),
          rateLimit,
          hasContent: collected.hasContent,
          ...resumed,
          onRevisable(revise) {
            collected.onChange = () => revise(collected.entries);
          },
          isOnce: () => isOnce,
          noteEnd: (ended) => sending.noteEnd(ended),
          onResumable: async (secret, offered) => {
            accepted = offered;
            const isResumable = await sending.remember(relayUrl, secret, offered, collected.roots);
            isOnce = !isResumable;
            report({ type: 'resumable', isResumable });
          },
        }),
      () => !isAccepted,
    );

  async function sendBy(): Promise<TransferResult | SendReport> {
    const { relayUrl } = job;
    switch (job.wire) {
      case 'version-two':
        return sendOver(relayUrl, () => collected.entries);
      case 'classic': {
        const { code, encrypt } = job;
        const terms = { code, encrypt, compress: 'auto', resume: false } as const;
        const { sendClassic } = await loadClassic();
        return sendClassic(platform, { ...options, ...terms, relayUrl, entries: collected.entries });
      }
      case 'resumed': {
        const taken = await sending.take(job.transferId);
        if (taken === null) return { type: 'taken' };
        const { stored, rows } = taken;
        const { files, totalBytes, bytes, ended } = stored;
        // Whether or not the other side is still there, it has everything, and has said so.
        if (ended === 'receipt') return { files, bytes: totalBytes ?? bytes, failed: [] };
        collected.roots = stored.roots;
        const items = (await collected.items) ?? (await findSent(rows, stored.roots));
        const matched = matchPicked(rows, items);
        if ('mismatch' in matched) return { type: 'mismatch', ...matched };
        const { relayUrl: storedUrl, transferSecret } = stored;
        const isAcknowledged = ended === 'acknowledged';
        return sendOver(storedUrl, () => Promise.resolve(matched.entries), {
          transferSecret,
          isAcknowledged,
        });
      }
    }
  }

  try {
    const ending = await sendBy();
    flush();
    if ('type' in ending) {
      await sending.pause();
      return report(ending);
    }
    await sending.finish();
    report({ type: 'done', result: { ...ending, failed: refusals.told(ending.failed) } });
  } catch (error) {
    flush();
    const mayGoLater =
      error instanceof TransferError ? hasLeft || (isRetryable(error, abort.signal) && !isPeerOnce) : true;
    const isResumable = mayGoLater && (await sending.pause());
    if (!mayGoLater) await sending.finish();
    report({ type: 'resumable', isResumable });
    reportFailure(error, report);
  }
}

function countedTops(indices: readonly number[], entries: readonly SourceEntry[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const index of indices) {
    const [top] = splitTop(entries[index]!.path);
    counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  return [...counts];
}
