// The receive job: shows the offer to the page, unless its person has accepted it before, and tells what is complete.
import {
  ANY_RECEIVER,
  type ChangedFile,
  type EnginePorts,
  FirstOffer,
  isPeerOnceAfter,
  type Manifest,
  Pace,
  RateLimit,
  type ReceiveOptions,
  type ReviewAnswer,
  receiveFiles,
  stopOf,
  surveyNames,
  TransferError,
  type TransferEvent,
  type TransferResult,
} from '@p2p-copy/core';
import type { ReceiveCommand, ReceiveJob, ReceiveReport } from '../../contract/messages.ts';
import { browserClock } from '../platform/browser-clock.ts';
import { heldOffer, heldSink } from '../sinks/held-names.ts';
import { dialRelayBrowser } from '../sockets/dial-relay-browser.ts';
import { leavableDial } from '../sockets/leavable-dial.ts';
import { earlierAttempts } from '../storage/earlier-attempts.ts';
import type { Kept } from '../storage/kept-files.ts';
import { ReviewNote } from '../storage/review-note.ts';
import type { StoredReviewing } from '../storage/stored-transfers.ts';
import { isRetryable } from '../storage/transfer-record.ts';
import { tryStorage } from '../storage/try-storage.ts';
import { calmEvents } from './calm-events.ts';
import { ChangeQuestion } from './decide-changed.ts';
import { enginePorts, platform, rtcOf } from './engine-ports.ts';
import { loadClassic } from './load-classic.ts';
import { Receiving } from './receiving.ts';
import { reportFailure } from './report-failure.ts';
import { tellEntries } from './tell-offer.ts';
import { tellReceipt } from './tell-receipt.ts';

/** `keep` is told of whole files in this browser, which the page shows from then on. */
export async function runReceive(
  job: ReceiveJob,
  port: MessagePort,
  keep: (kept: Kept) => void,
): Promise<void> {
  const report = (message: ReceiveReport) => port.postMessage(message);
  const abort = new AbortController();
  const rateLimit = new RateLimit(browserClock);
  const receiving = new Receiving(job.wire !== 'classic');
  const note = new ReviewNote();
  let isAccepted = false;
  let isPeerOnce = false;
  const changes = new ChangeQuestion((question) => report({ type: 'change', question }));
  const { dial, leave } = leavableDial(dialRelayBrowser);
  const storage = tryStorage();
  let hasLeft = false;
  let offers = 0;
  const firstOffer = new FirstOffer();
  let asked: { offer: number; manifest: Manifest; answer: PromiseWithResolvers<ReviewAnswer> } | null = null;

  port.onmessage = ({ data: command }: MessageEvent<ReceiveCommand>) => {
    switch (command.type) {
      case 'accept': {
        if (asked?.offer !== command.offer) return;
        const { manifest, answer } = asked;
        const { pin, compares, maxUnsizedBytes } = command;
        return receiving
          .open(command.sink, manifest, new Set(command.skip), { compares, maxUnsizedBytes })
          .then((opened) => answer.resolve({ ...opened, ...(pin !== null && { pin }) }), answer.reject);
      }
      case 'decline':
        return asked?.answer.resolve({ accept: false, code: 'declined' });
      case 'answer-change':
        return changes.answer(command.id, command.takes);
      case 'limit-rate':
        return rateLimit.set(command.bytesPerSecond);
      case 'leave':
        hasLeft = true;
        leave();
        return abort.abort();
      case 'stop':
        abort.abort(command.stop ?? undefined);
        // A review that nobody answers any more would never end.
        return asked?.answer.resolve({ accept: false, code: 'interrupted' });
    }
  };

  const askChanged = (changed: readonly ChangedFile[], withdrawn: AbortSignal) =>
    changes.ask(changed, AbortSignal.any([withdrawn, abort.signal]));

  const { onEvent, flush } = calmEvents(
    (event) => report({ type: 'event', event }),
    (indices) => report({ type: 'files-done', indices }),
  );
  const options: Options = {
    signal: abort.signal,
    rateLimit,
    onEvent(event: TransferEvent) {
      if (event.type === 'progress') receiving.noteProgress(event.bytes);
      else if (event.type === 'file-done') receiving.noteDone(event.index);
      else if (event.type === 'verifier') note.noteWords(event.words);
      isPeerOnce = isPeerOnceAfter(event, isPeerOnce);
      onEvent(event);
    },
    async review(offered, withdrawn) {
      const { manifest, placed } = await heldOffer(offered);
      const answer = await review(manifest, withdrawn);
      return answer.accept ? { ...answer, sink: heldSink(answer.sink, placed) } : answer;
    },
    onText: (text) => {
      receiving.noteText(text);
      report({ type: 'text', text });
    },
    // What isn't stored after Accept can still be reviewed again by a later tab.
    isOnce: () => !receiving.isResumable && note.id === null,
    noteEnd: (ended) => receiving.noteEnd(ended),
    reviewChanged: askChanged,
    noteRefused: (rows) => receiving.noteRefused(rows),
    onResumable: async (secret, isAfterAccept) => {
      if (isAfterAccept) isAccepted = true;
      else return noteReview(secret);
      const isResumable = await receiving.remember(job.relayUrl, secret);
      if (!isResumable) return;
      report({ type: 'resumable', isResumable });
      await note.remove();
    },
  };

  /** Asks the person, but for what was accepted before. @param manifest under the names that a browser takes */
  async function review(manifest: Manifest, withdrawn: AbortSignal): Promise<ReviewAnswer> {
    const accepted = await receiving.openAccepted(manifest, (changed) => askChanged(changed, withdrawn));
    if (accepted !== null) return accepted;
    note.describe(manifest);
    // A later meeting has no words of its own.
    if (note.words.length > 0) report({ type: 'event', event: { type: 'verifier', words: note.words } });
    const survey = await surveyNames(manifest.entries, null, nextTurn);
    const storesFiles = await storage;
    const hasEarlier = (await earlierAttempts(manifest, { kind: 'browser' })).length > 0;
    if (abort.signal.aborted) return { accept: false, code: 'interrupted' };
    offers += 1;
    const offer = offers;
    const isOver = () => abort.signal.aborted || withdrawn.aborted;
    const folders = await tellEntries(manifest, offer, report, isOver);
    if (folders === null) return { accept: false, code: 'interrupted' };
    const sinceFirst = await firstOffer.changesOf(manifest.entries, new Pace(browserClock));
    if (isOver()) return { accept: false, code: 'interrupted' };
    asked = { offer, manifest, answer: Promise.withResolvers() };
    const { pin = null, unsent = 0 } = manifest;
    const judged = { folders, survey, storesFiles, hasEarlier, unsent };
    report({ type: 'review', offer, pin, ...judged, changes: sinceFirst });
    return asked.answer.promise;
  }

  async function noteReview(secret: Uint8Array<ArrayBuffer>): Promise<void> {
    if (job.wire !== 'version-two' || !(await note.save(job.relayUrl, secret, job.code))) return;
    report({ type: 'review-noted', id: note.id! });
  }

  /** What is whole stays with the page, unless the rest can come later. */
  const end = async (error: unknown) => {
    flush();
    const mayComeLater =
      error instanceof TransferError
        ? hasLeft || (isRetryable(error, abort.signal) && !isPeerOnce)
        : error !== null;
    const isReviewLater = mayComeLater && !isAccepted && note.id !== null;
    await (isReviewLater ? note.close() : note.remove());
    const isResumable = mayComeLater && receiving.isResumable;
    report({ type: 'resumable', isResumable: isResumable || isReviewLater });
    if (isResumable) return receiving.pause();
    if (stopOf(abort.signal) === 'discard') report({ type: 'undeleted', files: await receiving.discard() });
    const kept = await receiving.finish();
    if (kept === null) return;
    keep(kept);
    report({ type: 'kept', kept: kept.shown });
  };
  try {
    const result = await receiveBy(
      job,
      enginePorts(dial, rtcOf(job, port)),
      { receiving, note, report },
      options,
    );
    if (result === null) return report({ type: 'taken' });
    await end(null);
    report({ type: 'done', result });
  } catch (error) {
    await end(error);
    reportFailure(error, report);
  }
}

type Options = Pick<
  ReceiveOptions,
  | 'signal'
  | 'rateLimit'
  | 'onEvent'
  | 'review'
  | 'reviewChanged'
  | 'noteRefused'
  | 'onText'
  | 'onResumable'
  | 'noteEnd'
  | 'isOnce'
>;

/** What a job has of earlier tabs, and whom it tells. */
interface Earlier {
  receiving: Receiving;
  note: ReviewNote;
  report: (message: ReceiveReport) => void;
}

/** Null for a transfer of an earlier tab that can't be had. */
async function receiveBy(
  job: ReceiveJob,
  ports: EnginePorts,
  { receiving, note, report }: Earlier,
  options: Options,
): Promise<TransferResult | null> {
  const { relayUrl } = job;
  const ways = { ...options, relayUrl, nameRules: ANY_RECEIVER, path: job.path };
  /** Asks for the list of an offer that was seen before. */
  const reviewAgain = ({ id, relayUrl: storedUrl, transferSecret }: StoredReviewing) => {
    report({ type: 'review-noted', id });
    return receiveFiles(ports, { ...ways, relayUrl: storedUrl, code: { transferSecret } });
  };
  switch (job.wire) {
    case 'version-two': {
      if (job.isAnew) await note.forgetCode(job.code);
      const seen = job.isAnew ? null : await note.takeByCode(job.code);
      if (seen === 'taken') return null;
      if (seen === null) return receiveFiles(ports, { ...ways, code: job.code });
      report({ type: 'found-review' });
      return reviewAgain(seen);
    }
    case 'classic': {
      const { receiveClassic } = await loadClassic();
      return receiveClassic(platform, { ...ways, code: job.code, encrypt: job.encrypt });
    }
    case 'resumed': {
      const stored = await receiving.take(job.transferId);
      if (stored === null) {
        const seen = await note.take(job.transferId);
        return seen === 'taken' || seen === null ? null : reviewAgain(seen);
      }
      const { relayUrl: storedUrl, transferSecret } = stored;
      const { refused } = receiving;
      const resumed = { ...ways, refused, relayUrl: storedUrl, code: { transferSecret } };
      if (stored.ended !== 'receipt') return receiveFiles(ports, resumed);
      await tellReceipt(ports, resumed, receiving);
      const { result, texts } = await receiving.openEnded();
      for (const text of texts) report({ type: 'text', text });
      return result;
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
