// Which ends of a connection another connection makes good.
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'connection-lost',
  'peer-gone',
  'peer-silent',
  'relay-full',
  'rate-limited',
  'wait-expired',
]);

/** Whether another connection may bring the two ends together again. @param hasOtherWays than the relay: its limits are no end then */
export function isRetryable(error: unknown, hasOtherWays: boolean): error is TransferError {
  if (!(error instanceof TransferError)) return false;
  return RETRYABLE.has(error.code) || (hasOtherWays && isRelayLimit(error));
}

/** Whether a limit of the relay is reached. */
export function isRelayLimit({ code }: TransferError): boolean {
  return code.startsWith('relay-limit-');
}

/** The loss of a lane's connection: while other lanes stand it is one that is over soon, and of which nobody is told at once. */
export function lossAsSeen(error: TransferError, hasOtherWays: boolean): TransferError {
  if (!hasOtherWays || error.isPlanned) return error;
  return new TransferError(error.code, error.message, { cause: error, isPlanned: true });
}
