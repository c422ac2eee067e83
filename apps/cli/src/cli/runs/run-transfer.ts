// Runs one transfer for a command: turns its end, good or bad, into the last lines and the exit code.
import type { ErrorCode, FailedFile, ReceiveResult, SendResult } from '../../library/public-types.ts';
import { TransferError } from '../../library/transfer-error.ts';
import { failureOf } from '../reports/failed-file.ts';
import { nextStep } from '../reports/next-step.ts';
import type { Report } from '../reports/report.ts';
import { EXIT, exitCodeOf, type Side } from '../terminal/exit-codes.ts';
import type { KeptTransfer } from './kept-transfer.ts';

export interface TransferEnds {
  /** What to do about errors, instead of what `nextStep` says. */
  steps?: Partial<Record<ErrorCode, string>>;
  /** Whether a sender's exit code is 0 although some of it could not be sent. */
  skipUnsendable?: boolean;
  /** The note of the transfer, if it can be continued later. */
  kept?: KeptTransfer;
}

export async function runTransfer<R extends SendResult | ReceiveResult>(
  side: Side,
  report: Report,
  transfer: () => Promise<R>,
  { steps = {}, skipUnsendable = false, kept }: TransferEnds = {},
): Promise<number> {
  try {
    const result = await transfer();
    report.stop();
    // What turned out unreadable after it was offered is as good as what was left out before.
    const [first, ...others] = skipUnsendable ? result.failed.filter(isSendable) : result.failed;
    if (first === undefined) {
      kept?.end('done');
      report.done(result);
      const isWhole = !('unsendable' in result) || result.unsendable.count === 0;
      return isWhole || skipUnsendable ? EXIT.done : EXIT.sendFailed;
    }
    const { code, sentence } = failureOf([first, ...others], result.files);
    return tell(new TransferError(code, sentence));
  } catch (error) {
    report.stop();
    // Anything else is a bug of ours, or a wrong call: main tells.
    if (!(error instanceof TransferError)) throw error;
    return tell(error);
  } finally {
    kept?.release();
  }

  function tell(error: TransferError): number {
    const isKept = kept?.end(error.code) ?? false;
    report.failed(error.code, error.message, steps[error.code] ?? nextStep(error, side, isKept));
    return exitCodeOf(error, side);
  }
}

function isSendable({ code }: FailedFile): boolean {
  return code !== 'source-unreadable';
}
