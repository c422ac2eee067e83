// Continues one unfinished transfer: neither side needs a code, and what was accepted isn't asked about again.
import type { StoredTransfer } from '../../state/stored-transfer.ts';
import type { TransferStore } from '../../state/transfer-store.ts';
import {
  askAccept,
  createChangeQuestion,
  createCompareQuestion,
  createOverwriteQuestion,
  expectAsked,
  showOffer,
} from '../prompts/ask-person.ts';
import { createRiskyQuestion } from '../prompts/ask-risky.ts';
import { JsonReport } from '../reports/json-report.ts';
import { ReceiverReport } from '../reports/receiver-report.ts';
import { SenderReport } from '../reports/sender-report.ts';
import { transferInWords } from '../reports/unfinished-in-words.ts';
import type { Context } from '../terminal/context.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import type { TokenFor } from './choose-token.ts';
import { type HeldNote, KeptTransfer } from './kept-transfer.ts';
import { runReceive } from './run-receive.ts';
import { runSend } from './run-send.ts';

export interface ContinueOptions {
  store: TransferStore;
  context: Context;
  json?: boolean;
  /** The access tokens of a sender, from the relay where it met the receiver. */
  tokenFor?(relay: string): TokenFor;
  reconnectTimeoutMs?: number;
  /** Other things than were accepted are accepted without asking. */
  yes?: boolean;
  /** Instead of what is noted. */
  verify?: 'arrival' | 'disk';
  /** Fields of every JSON line. */
  label?: object;
}

/**
 * Gives the exit code.
 * @throws UsageError when another process has it
 */
export async function continueTransfer({ id }: StoredTransfer, options: ContinueOptions): Promise<number> {
  const { context, json, reconnectTimeoutMs } = options;
  const { terminal, signal } = context;
  const held = holdOf(id, options.store);
  const { transfer } = held;
  if (!json) {
    terminal.say(`Continuing: ${transferInWords(transfer)}.`);
    terminal.say(
      'Looking for the other side; p2p-copy resume there too, unless it still runs. Ctrl-C stops.',
    );
  }
  const { relay, resume, caFile } = transfer;
  const common = {
    relay,
    resume,
    ...(caFile !== null && { caFile }),
    ...(reconnectTimeoutMs !== undefined && { reconnectTimeoutMs }),
    signal,
  };
  if (transfer.role === 'send') {
    const report = json ? new JsonReport(terminal, options.label) : new SenderReport(terminal);
    const { paths, compress } = transfer;
    const tokens = options.tokenFor && { relayToken: options.tokenFor(relay) };
    return runSend(
      { ...common, ...tokens, paths, compress },
      report,
      new KeptTransfer(options.store, report, held),
    );
  }
  const report = json ? new JsonReport(terminal, options.label) : new ReceiverReport(terminal);
  const { out, accepted } = transfer;
  const verify = options.verify ?? transfer.verify;
  const review = reviewOf(options, accepted.takesGrowth);
  const receiveOptions = async () => ({ ...common, ...review, out, accepted, verify });
  return runReceive(receiveOptions, report, new KeptTransfer(options.store, report, held));
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
function reviewOf({ context: { terminal, signal }, yes, json }: ContinueOptions, takesGrowth: boolean) {
  const mayAsk = terminal.isInteractive && !yes;
  return {
    risky: mayAsk ? createRiskyQuestion(terminal, signal) : ('leave-out' as const),
    ...(mayAsk && { continue: createCompareQuestion(terminal, signal) }),
    ...(mayAsk && { acceptChanged: createChangeQuestion(terminal, signal) }),
    ...(!mayAsk && !yes && !takesGrowth && { acceptChanged: () => false }),
    overwrite: mayAsk ? createOverwriteQuestion(terminal, signal) : ('rename' as const),
    accept: async (offer: Parameters<typeof showOffer>[1], withdrawn: AbortSignal) => {
      // With --yes one other offer is accepted than the noted one.
      expectAsked(mayAsk || (yes === true && !offer.isAnother), json === true, terminal);
      if (mayAsk) return askAccept(terminal, offer, AbortSignal.any([signal, withdrawn]));
      if (!json) showOffer(terminal, offer);
      return true;
    },
  };
}
