// A browser's file-system failures as the errors of the FolderSink port.
import { type ErrorCode, TransferError } from '@p2p-copy/core';
import { BrowserRefusal, REFUSED_NAME, type Refusal } from '../../contract/browser-refusal.ts';

/** Refusals that pass by themselves or by a person: room is made, a permission given back, another tab or program closed. */
const PASSING: ReadonlySet<string> = new Set([
  'QuotaExceededError',
  'NotAllowedError',
  'SecurityError',
  'NoModificationAllowedError',
  'InvalidStateError',
]);

/**
 * What a failed write or folder operation means. A TransferError passes unchanged.
 * @param path of the file or folder; null for this browser's storage as a whole
 */
export function diskError(
  cause: unknown,
  path: string | null,
  call: Refusal['call'] = 'write',
): TransferError {
  if (cause instanceof TransferError) return cause;
  const exception = nameOf(cause);
  const code = exception === 'QuotaExceededError' ? 'no-space' : 'sink-failed';
  return refusedBy({ call, path, exception }, cause, code, PASSING.has(exception));
}

/** What a failed look-up of a name means. */
export function nameError(cause: unknown, path: string): TransferError {
  if (!(cause instanceof TypeError)) return diskError(cause, path);
  return refusedBy({ call: 'write', path, exception: REFUSED_NAME }, cause, 'name-impossible');
}

/** A refusal of a call, as an error that the page can tell of. */
export function refusedBy(
  refusal: Refusal,
  cause: unknown,
  code: ErrorCode,
  retryable = false,
): TransferError {
  const { call, path, exception } = refusal;
  const where = path === null ? 'This browser’s storage' : `“${path}”`;
  const message = `${where} cannot be ${call === 'read' ? 'read' : 'written'}: the browser reports ${exception}.`;
  return new TransferError(code, message, { cause: new BrowserRefusal(refusal, cause), retryable });
}

export function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : '';
}
