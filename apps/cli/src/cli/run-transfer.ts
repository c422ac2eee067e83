// Runs one transfer for a command: turns its end, good or bad, into the last lines and the exit code.
import type { ErrorCode, ReceiveResult, SendResult } from '../library/public-types.ts';
import { TransferError } from '../library/transfer-error.ts';
import { EXIT, exitCodeOf, type Side } from './exit-codes.ts';
import { failureOf } from './failed-file.ts';
import { nextStep } from './next-step.ts';
import type { Report } from './report.ts';

/** @param steps what to do about errors, instead of what `nextStep` says */
export async function runTransfer<R extends SendResult | ReceiveResult>(
  side: Side,
  report: Report,
  transfer: () => Promise<R>,
  steps: Partial<Record<ErrorCode, string>> = {},
): Promise<number> {
  try {
    const result = await transfer();
    report.stop();
    const [first, ...others] = result.failed;
    if (first === undefined) {
      report.done(result);
      return EXIT.done;
    }
    const { code, sentence } = failureOf([first, ...others], result.files);
    return tell(new TransferError(code, sentence));
  } catch (error) {
    report.stop();
    // Anything else is a bug of ours, or a wrong call: main tells.
    if (!(error instanceof TransferError)) throw error;
    return tell(error);
  }

  function tell(error: TransferError): number {
    report.failed(error.code, error.message, steps[error.code] ?? nextStep(error, side));
    return exitCodeOf(error, side);
  }
}
