// A browser's file-system failures as the errors of the FolderSink port.
import { TransferError } from '@p2p-copy/core';

/** What a failed write or folder operation means. */
export function diskError(cause: unknown, path: string): TransferError {
  if (cause instanceof TransferError) return cause;
  const reason = nameOf(cause);
  if (reason === 'QuotaExceededError')
    return new TransferError('no-space', undefined, { cause, retryable: true });
  if (reason === 'NotAllowedError' || reason === 'SecurityError') {
    return new TransferError('sink-failed', 'This browser took back the permission to write there.', {
      cause,
      retryable: true,
    });
  }
  // Another tab or program may hold it.
  const retryable = reason === 'NoModificationAllowedError' || reason === 'InvalidStateError';
  return new TransferError('sink-failed', `“${path}” could not be written.`, { cause, retryable });
}

/** What a failed look-up of a name means: browsers answer a name that they refuse with a TypeError. */
export function nameError(cause: unknown, path: string): TransferError {
  if (cause instanceof TypeError) {
    return new TransferError('name-impossible', `This browser cannot save a file named “${path}”.`, {
      cause,
    });
  }
  return diskError(cause, path);
}

export function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : '';
}
