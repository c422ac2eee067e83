// Runs one transfer for a command: turns its end, good or bad, into the last lines and the exit code.
import type { ErrorCode, ReceiveResult, SendResult } from '../../library/public-types.ts';
import { TransferError } from '../../library/transfer-error.ts';
import { isOutOfDescriptors } from '../../node/descriptors.ts';
import { adviceOf } from '../../node/disk/disk-error.ts';
import { failureOf } from '../reports/failed-file.ts';
import { nextStep } from '../reports/next-step.ts';
import type { Report } from '../reports/report.ts';
import { EXIT, exitCodeOf, type Side } from '../terminal/exit-codes.ts';
import type { KeptTransfer } from './kept-transfer.ts';

export interface TransferEnds {
  /** What to do about errors, instead of what `nextStep` says. */
  steps?: Partial<Record<ErrorCode, string>>;
  /** The note of the transfer, if it can be continued later. */
  kept?: KeptTransfer;
}

export async function runTransfer<R extends SendResult | ReceiveResult>(
  side: Side,
  report: Report,
  transfer: () => Promise<R>,
  { steps = {}, kept }: TransferEnds = {},
): Promise<number> {
  try {
    const result = await transfer();
    report.stop();
    const [first, ...others] = result.failed;
    if (first === undefined) {
      kept?.end('done');
      report.done(result);
      return EXIT.done;
    }
    const { code, sentence } = failureOf([first, ...others], result.files);
    return tell(new TransferError(code, sentence));
  } catch (error) {
    report.stop();
    if (error instanceof TransferError) return tell(error);
    if (isOutOfDescriptors(error)) return tell(outOfDescriptors(error, side));
    // Anything else is a bug of ours, or a wrong call: main tells.
    throw error;
  } finally {
    kept?.release();
  }

  function stepFor(error: TransferError, isKept: boolean): string {
    const own = adviceOf(error) === null ? steps[error.code] : undefined;
    return own ?? nextStep(error, side, isKept);
  }

  function tell(error: TransferError): number {
    const isKept = kept?.end(error.code) ?? false;
    report.failed(error.code, error.message, stepFor(error, isKept));
    return exitCodeOf(error, side);
  }
}

/** Whatever it was that couldn't be opened: a socket, or a file of ours. */
function outOfDescriptors(cause: unknown, side: Side): TransferError {
  const code = side === 'send' ? 'source-unreadable' : 'sink-failed';
  return new TransferError(code, 'This process, or this computer, has as many files open as it may.', {
    cause,
  });
}
