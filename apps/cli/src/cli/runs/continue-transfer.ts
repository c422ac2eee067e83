// Continues one unfinished transfer: neither side needs a code, and what was accepted isn't asked about again.
import { type PathChoice, RECEIPT_SEEK_MS } from '@p2p-copy/core';
import type { ReceiveNote } from '../../library/public-types.ts';
import { receive } from '../../library/receive.ts';
import { TransferError } from '../../library/transfer-error.ts';
import type { ReviewWishes, StoredTransfer } from '../../state/stored-transfer.ts';
import type { TransferStore } from '../../state/transfer-store.ts';
import { createAcceptQuestion } from '../prompts/ask-accept.ts';
import {
  createChangeQuestion,
  createCompareQuestion,
  createOverwriteQuestion,
  expectAsked,
  showOffer,
} from '../prompts/ask-person.ts';
import { createRiskyQuestion } from '../prompts/ask-risky.ts';
import { transferInWords } from '../reports/unfinished-in-words.ts';
import type { Context } from '../terminal/context.ts';
import { EXIT, UsageError } from '../terminal/exit-codes.ts';
import { chooseReceiverReport, chooseSenderReport, type ReportChoice } from './choose-report.ts';
import type { TokenFor } from './choose-token.ts';
import { endOf, type HeldNote, KeptTransfer } from './kept-transfer.ts';
import { endingBy } from './met-device.ts';
import { forgottenError, type NotedDevice, watchNotedDevice } from './noted-device.ts';
import { expectReviewer, reviewByWishes, whileTrusted } from './review-by-wishes.ts';
import { runReceive } from './run-receive.ts';
import { runSend } from './run-send.ts';

export interface ContinueOptions extends ReportChoice {
  store: TransferStore;
  context: Context;
  /** The access tokens of a sender, from the relay where it met the receiver. */
  tokenFor?(relay: string): TokenFor;
  reconnectTimeoutMs?: number;
  limitRate?: number;
  /** Other things than were accepted are accepted without asking. */
  yes?: boolean;
  /** Instead of what is noted. */
  path?: PathChoice;
  verify?: 'arrival' | 'disk';
  /** The file of the certificate to trust at that relay, in place of the noted one; nothing for the noted one. */
  trusted?(relay: string): Promise<{ caFile?: string }>;
}

/**
 * Gives the exit code.
 * @throws UsageError when another process has it, or its device is none of one's own any more
 */
export async function continueTransfer({ id }: StoredTransfer, options: ContinueOptions): Promise<number> {
  const held = holdOf(id, options.store);
  const device = await deviceOf(held, options.store);
  try {
    const signal = endingBy(options.context.signal, device?.leaving).signal!;
    return await continueHeld(held, { ...options, context: { ...options.context, signal } }, device);
  } finally {
    device?.stop();
  }
}

async function continueHeld(
  held: HeldNote,
  options: ContinueOptions,
  device: NotedDevice | null,
): Promise<number> {
  const { context, json, quiet, reconnectTimeoutMs } = options;
  const isSilent = json === true || quiet === true;
  const { terminal, signal } = context;
  const { transfer } = held;
  const { id } = transfer;
  if (endOf(options.store.notes(id)) === 'receipt') return endReceived(held, options);
  if (transfer.role === 'receive' && transfer.wishes !== null) expectReviewerOf(held, options);
  if (!isSilent) {
    terminal.say(`Continuing: ${transferInWords(transfer)}.`);
    terminal.say(
      'Looking for the other side; p2p-copy resume there too, unless it still runs. Ctrl-C stops.',
    );
  }
  const { relay, resume } = transfer;
  const { caFile = transfer.caFile } = await trustedAt(held, options);
  const path = options.path ?? transfer.pathChoice;
  const common = {
    relay,
    resume,
    ...(caFile !== null && { caFile }),
    ...(path !== undefined && { path }),
    ...(reconnectTimeoutMs !== undefined && { reconnectTimeoutMs }),
    ...(options.limitRate !== undefined && { limitRate: options.limitRate }),
    ...(device !== null && { leaving: device.leaving }),
    signal,
  };
  if (transfer.role === 'send') {
    const report = chooseSenderReport(terminal, relay, options, { phase: 'resuming' });
    const { paths, compress, skipUnsendable = false, exclude = [], gitignore = false } = transfer;
    const { followLinks = false } = transfer;
    const tokens = options.tokenFor && { relayToken: options.tokenFor(relay) };
    return runSend(
      { ...common, ...tokens, paths, compress, skipUnsendable, exclude, gitignore, followLinks },
      report,
      new KeptTransfer(options.store, report, held),
      context,
    );
  }
  const report = chooseReceiverReport(terminal, options, { phase: 'resuming' });
  const { out, accepted, wishes } = transfer;
  const verify = options.verify ?? transfer.verify;
  const review =
    wishes === null
      ? reviewOf(options, accepted?.takesGrowth ?? false)
      : reviewByWishes(wishesOf(wishes, options), context, isSilent);
  const asks = terminal.isInteractive && !(options.yes || wishes?.yes);
  const mayTake = () => device === null || asks || device.mayTake();
  const receiveOptions = async () => ({
    ...common,
    ...whileTrusted<typeof review>(review, mayTake),
    ...{ out, accepted, verify },
  });
  return runReceive(receiveOptions, report, new KeptTransfer(options.store, report, held), context);
}

/** Everything was received: says so, and forgets it. A sender that still waits for the receipt gets it first. */
async function endReceived({ lock, transfer }: HeldNote, options: ContinueOptions): Promise<number> {
  const { store, context, json } = options;
  const { id, role, title } = transfer;
  if (transfer.role === 'receive') await tellReceipt(transfer, store.notes(id), context.signal);
  store.remove(id);
  lock.release();
  const { files, bytes } = title;
  if (json) context.terminal.outputJson({ event: 'done', files, bytes, ...options.label });
  else if (!options.quiet) {
    const by = role === 'send' ? 'The other side had confirmed that everything was' : 'Everything had been';
    context.terminal.say(`${by} received and verified: ${transferInWords(transfer)}. Nothing is left to do.`);
  }
  return transfer.role === 'receive' && transfer.accepted?.unasked ? EXIT.receiveFailed : EXIT.done;
}

/** Looks for the sender for a moment. Whatever comes of that, the files are here. */
async function tellReceipt(
  { relay, resume, caFile, out, accepted, verify }: StoredTransfer & { role: 'receive' },
  notes: readonly ReceiveNote[],
  signal: AbortSignal,
): Promise<void> {
  const leaving = new AbortController();
  await receive({
    relay,
    resume,
    out,
    accepted,
    verify,
    notes,
    ...(caFile !== null && { caFile }),
    reconnectTimeoutMs: RECEIPT_SEEK_MS,
    acceptChanged: () => false,
    // Another offer is for a person, who isn't asked about a transfer that is over.
    accept() {
      leaving.abort('leave');
      return false;
    },
    signal: AbortSignal.any([signal, leaving.signal]),
  }).catch((error: unknown) => {
    if (!(error instanceof TransferError)) throw error;
  });
}

/** What was told to `resume` counts beside what was told to `receive`. */
function wishesOf(wishes: ReviewWishes, { yes }: ContinueOptions): ReviewWishes {
  return { ...wishes, yes: wishes.yes || yes === true };
}

/** @throws UsageError where a review needs a person, and there is none; the note is free again */
function expectReviewerOf({ lock, transfer }: HeldNote, options: ContinueOptions): void {
  if (transfer.role !== 'receive' || transfer.wishes === null) return;
  try {
    expectReviewer(wishesOf(transfer.wishes, options), options.context.terminal);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** @throws UsageError; TransferError `relay-unreachable`; the note is free again */
async function trustedAt(
  { lock, transfer }: HeldNote,
  { trusted }: ContinueOptions,
): Promise<{ caFile?: string }> {
  try {
    return (await trusted?.(transfer.relay)) ?? {};
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Null where the ends met by a code. @throws UsageError; the note is free again, and gone where its device is none of one's own */
async function deviceOf({ lock, transfer }: HeldNote, store: TransferStore): Promise<NotedDevice | null> {
  if (transfer.device === undefined) return null;
  try {
    const device = await watchNotedDevice(transfer.device);
    if (!device.leaving.aborted) return device;
    store.remove(transfer.id);
    throw forgottenError();
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** @throws UsageError */
function holdOf(id: string, store: TransferStore): HeldNote {
  const lock = store.lock(id);
  if ('heldBy' in lock) {
    throw new UsageError(
      `Transfer ${id} is already running, in process ${lock.heldBy}.`,
      'Wait until it ends, or stop it; p2p-copy resume lists what is unfinished.',
    );
  }
  // Whoever had it until now may have finished it, or noted something else.
  const found = store.list().find(({ transfer }) => transfer.id === id);
  if (found !== undefined) return { lock, transfer: found.transfer };
  lock.release();
  throw new UsageError(`Transfer ${id} has just been finished.`, 'There is nothing left to do.');
}

/** What is decided when the sender offers other things than were accepted. */
function reviewOf(
  { context: { terminal, signal }, yes, json, quiet }: ContinueOptions,
  takesGrowth: boolean,
) {
  const isSilent = json === true || quiet === true;
  const mayAsk = terminal.isInteractive && !yes;
  const askAccept = createAcceptQuestion(terminal, signal);
  return {
    risky: mayAsk ? createRiskyQuestion(terminal, signal) : ('leave-out' as const),
    ...(mayAsk && { continue: createCompareQuestion(terminal, signal) }),
    ...(mayAsk && { acceptChanged: createChangeQuestion(terminal, signal) }),
    ...(!mayAsk && !yes && !takesGrowth && { acceptChanged: () => false }),
    overwrite: mayAsk ? createOverwriteQuestion(terminal, signal) : ('rename' as const),
    accept: async (offer: Parameters<typeof showOffer>[1], withdrawn: AbortSignal) => {
      // With --yes one other offer is accepted than the noted one.
      expectAsked(mayAsk || (yes === true && !offer.isAnother), isSilent, terminal);
      if (mayAsk) return askAccept(offer, withdrawn);
      if (!isSilent) showOffer(terminal, offer);
      return true;
    },
  };
}
