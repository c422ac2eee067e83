// Runs one transfer for a command: turns its end, good or bad, into the last lines and the exit code.
import { stopOf, type TransferTally } from '@p2p-copy/core';
import type { ErrorCode, FailedFile, ReceiveResult, SendResult } from '../../library/public-types.ts';
import { TransferError } from '../../library/transfer-error.ts';
import { isOutOfDescriptors } from '../../node/descriptors.ts';
import { askStop } from '../prompts/ask-stop.ts';
import { failureOf } from '../reports/failed-file.ts';
import { nextStep, type Stage } from '../reports/next-step.ts';
import type { Report } from '../reports/report.ts';
import type { Context } from '../terminal/context.ts';
import { EXIT, exitCodeOf, type Side } from '../terminal/exit-codes.ts';
import type { KeptTransfer } from './kept-transfer.ts';

export interface TransferEnds {
  /** What to do about errors, instead of what `nextStep` says. */
  steps?: Partial<Record<ErrorCode, string>>;
  /** Whether a sender's exit code is 0 although some of it could not be sent. */
  skipUnsendable?: boolean;
  /** The note of the transfer, if it can be continued later. */
  kept?: KeptTransfer;
  /** Whether content was accepted. */
  hasBegun?(): boolean;
  /** Whether the other side said that no other process can go on for it. */
  isPeerOnce?(): boolean;
  /** Whether it goes to a stream in place of files. */
  isStreamed?: boolean;
  /** What it moved. */
  tally?: TransferTally;
  /** Whether it was stopped to be begun anew, so that its end isn't told. */
  isAnew?(): boolean;
  /** What is done about an error in place of telling it, which gives the exit code; null for nothing. */
  instead?(error: TransferError): (() => Promise<number>) | null;
  /** Where its person stops it. */
  context?: Pick<Context, 'terminal' | 'stopping'>;
}

export async function runTransfer<R extends SendResult | ReceiveResult>(
  side: Side,
  report: Report,
  transfer: () => Promise<R>,
  ends: TransferEnds = {},
): Promise<number> {
  const { steps = {}, skipUnsendable = false, kept, hasBegun = () => false, context } = ends;
  const leave = context?.stopping.attend({
    isKept: () => kept?.isKept ?? false,
    hasBegun,
    ask: (signal) => (mayAsk(context) ? askStop(context.terminal, side, signal) : null),
  });
  try {
    const result = await transfer();
    report.stop();
    // What turned out unreadable after it was offered is as good as what was left out before.
    const [first, ...others] = skipUnsendable ? result.failed.filter(isSendable) : result.failed;
    if (first === undefined) {
      kept?.end('done');
      report.done(result, ends.tally?.total ?? null);
      const isWhole = !('unsendable' in result) || result.unsendable.count === 0;
      return isWhole || skipUnsendable ? EXIT.done : EXIT.sendFailed;
    }
    const { code, sentence } = failureOf([first, ...others], result.files);
    return tell(new TransferError(code, sentence));
  } catch (error) {
    report.stop();
    if (error instanceof TransferError) {
      const instead = ends.instead?.(error) ?? null;
      if (instead === null) return tell(error);
      leave?.();
      return await instead();
    }
    if (isOutOfDescriptors(error)) return tell(outOfDescriptors(error, side));
    // Anything else is a bug of ours, or a wrong call: main tells.
    throw error;
  } finally {
    leave?.();
    kept?.release();
  }

  function tell(error: TransferError): number {
    const { code } = error;
    const stopping = context?.stopping;
    const isStopped = code === 'interrupted' && stopping !== undefined;
    const wasKept = kept?.isKept ?? false;
    const isAnew = ends.isAnew?.() ?? false;
    const endedBy = isStopped ? stopping.endedBy : null;
    // A side that was ended from outside has told nothing, and the other one waits.
    const isPeerOver = endedBy === null && (ends.isPeerOnce?.() ?? false);
    const isKept = kept?.end(isAnew || isPeerOver || isOver(code) ? 'discarded' : code) ?? false;
    if (isAnew) return EXIT.interrupted;
    const sentence = endedBy === null ? error.message : `Ended by ${endedBy}.`;
    const begun: Stage = ends.isStreamed ? 'streamed' : wasKept && !isPeerOver ? 'dropped' : 'begun';
    const stage: Stage = hasBegun() ? (isKept ? 'kept' : begun) : isKept ? 'offered' : 'before';
    const step = steps[code] ?? nextStep(error, side, { stage, isEnded: endedBy !== null });
    report.failed(code, sentence, step);
    return exitCodeOf(error, side);
  }

  /** Whether nobody comes back: this side's person stopped it and keeps nothing, or the other side cancelled before it was accepted. */
  function isOver(code: ErrorCode): boolean {
    if (code === 'cancelled') return !hasBegun();
    const stopping = context?.stopping;
    if (code !== 'interrupted' || stopping === undefined || stopping.endedBy !== null) return false;
    return stopOf(stopping.signal) !== 'keep';
  }
}

function mayAsk(context: TransferEnds['context']): context is NonNullable<TransferEnds['context']> {
  return context?.terminal.isInteractive === true && !context.terminal.isAsking;
}

/** Whatever it was that couldn't be opened: a socket, or a file of ours. */
function outOfDescriptors(cause: unknown, side: Side): TransferError {
  const code = side === 'send' ? 'source-unreadable' : 'sink-failed';
  return new TransferError(code, 'This process, or this computer, has as many files open as it may.', {
    cause,
  });
}

function isSendable({ code }: FailedFile): boolean {
  return code !== 'source-unreadable';
}
