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

/**
 * The loss of a lane's connection: while other lanes stand, or where it was direct and the relay hasn't been asked yet, it is one that
 * may be over soon, and of which nobody is told at once.
 */
export function lossAsSeen(error: TransferError, wasDirect: boolean, hasOtherWays: boolean): TransferError {
  if (!wasDirect && (!hasOtherWays || error.isPlanned)) return error;
  // Of the relay such a loss says nothing.
  const code = wasDirect ? 'peer-gone' : error.code;
  return new TransferError(code, undefined, { cause: error, isPlanned: true });
}
