// The receive job: shows the offer to the page, unless its person has accepted it before, and tells what is complete.
import {
  type ChangedFile,
  type DialRelay,
  type Manifest,
  type NameRules,
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
import { dialRelayBrowser } from '../sockets/dial-relay-browser.ts';
import { leavableDial } from '../sockets/leavable-dial.ts';
import { earlierAttempts } from '../storage/earlier-attempts.ts';
import type { Kept } from '../storage/kept-files.ts';
import { isRetryable } from '../storage/transfer-record.ts';
import { tryStorage } from '../storage/try-storage.ts';
import { calmEvents } from './calm-events.ts';
import { ChangeQuestion } from './decide-changed.ts';
import { enginePorts, platform } from './engine-ports.ts';
import { loadClassic } from './load-classic.ts';
import { Receiving } from './receiving.ts';
import { reportFailure } from './report-failure.ts';
import { tellEntries } from './tell-offer.ts';

// What a browser refuses beyond this shows when it is asked for the name.
const NAME_RULES: NameRules = { windowsNames: false, refusesBackslash: true, foldsCase: false };

/** `keep` is told of whole files in this browser, which the page shows from then on. */
export async function runReceive(
  job: ReceiveJob,
  port: MessagePort,
  keep: (kept: Kept) => void,
): Promise<void> {
  const report = (message: ReceiveReport) => port.postMessage(message);
  const abort = new AbortController();
  const receiving = new Receiving(job.wire !== 'classic');
  const changes = new ChangeQuestion((question) => report({ type: 'change', question }));
  const { dial, leave } = leavableDial(dialRelayBrowser);
  const storage = tryStorage();
  let hasLeft = false;
  let offers = 0;
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
    onEvent(event: TransferEvent) {
      if (event.type === 'progress') receiving.noteProgress(event.bytes);
      else if (event.type === 'file-done') receiving.noteDone(event.index);
      onEvent(event);
    },
    async review(manifest, withdrawn) {
      const accepted = await receiving.openAccepted(manifest, (changed) => askChanged(changed, withdrawn));
      if (accepted !== null) return accepted;
      const survey = await surveyNames(manifest.entries, null, nextTurn);
      const storesFiles = await storage;
      const hasEarlier = (await earlierAttempts(manifest)).length > 0;
      if (abort.signal.aborted) return { accept: false, code: 'interrupted' };
      offers += 1;
      const offer = offers;
      const isOver = () => abort.signal.aborted || withdrawn.aborted;
      const folders = await tellEntries(manifest, offer, report, isOver);
      if (folders === null) return { accept: false, code: 'interrupted' };
      asked = { offer, manifest, answer: Promise.withResolvers() };
      report({ type: 'review', offer, pin: manifest.pin ?? null, folders, survey, storesFiles, hasEarlier });
      return asked.answer.promise;
    },
    onText: (text) => report({ type: 'text', text }),
    reviewChanged: askChanged,
    noteRefused: (rows) => receiving.noteRefused(rows),
    onResumable: async (secret, isAccepted) => {
      if (!isAccepted) return;
      const isResumable = await receiving.remember(job.relayUrl, secret);
      if (isResumable) report({ type: 'resumable', isResumable });
    },
  };

  /** What is whole stays with the page, unless the rest can come later. */
  const end = async (error: unknown) => {
    flush();
    const mayComeLater =
      error instanceof TransferError ? hasLeft || isRetryable(error, abort.signal) : error !== null;
    const isResumable = mayComeLater && receiving.isResumable;
    report({ type: 'resumable', isResumable });
    if (isResumable) return receiving.pause();
    if (stopOf(abort.signal) === 'discard')
      report({ type: 'undeleted', files: await receiving.parts.remove() });
    const kept = await receiving.finish();
    if (kept === null) return;
    keep(kept);
    report({ type: 'kept', kept: kept.shown });
  };
  try {
    const result = await receiveBy(job, dial, receiving, options);
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
  'signal' | 'onEvent' | 'review' | 'reviewChanged' | 'noteRefused' | 'onText' | 'onResumable'
>;

/** Null for a transfer of an earlier tab that can't be had. */
async function receiveBy(
  job: ReceiveJob,
  dial: DialRelay,
  receiving: Receiving,
  options: Options,
): Promise<TransferResult | null> {
  const { relayUrl } = job;
  const ways = { ...options, relayUrl, nameRules: NAME_RULES };
  const ports = enginePorts(dial);
  switch (job.wire) {
    case 'version-two':
      return receiveFiles(ports, { ...ways, code: job.code });
    case 'classic': {
      const { receiveClassic } = await loadClassic();
      return receiveClassic(platform, { ...ways, code: job.code, encrypt: job.encrypt });
    }
    case 'resumed': {
      const stored = await receiving.take(job.transferId);
      if (stored === null) return null;
      const { relayUrl: storedUrl, transferSecret } = stored;
      const { refused } = receiving;
      return receiveFiles(ports, { ...ways, refused, relayUrl: storedUrl, code: { transferSecret } });
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
