// What the operating system said about a file, as an error that a person can act on.
import { type ErrorCode, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';

/** An error of the receiving disk at `path`. A TransferError passes unchanged. */
export function sinkError(error: unknown, path: string): unknown {
  return diskError(error, (errno) => {
    const code = SINK_CODES[errno] ?? 'sink-failed';
    return [code, `${quoted(path)} cannot be written: ${REASONS[errno] ?? errno}.`];
  });
}

/** An error of the sending disk at `path`. A TransferError passes unchanged. */
export function sourceError(error: unknown, path: string): unknown {
  return diskError(error, (errno) => {
    return ['source-unreadable', `${quoted(path)} cannot be read: ${REASONS[errno] ?? errno}.`];
  });
}

/** The errno name of a system error, such as `ENOENT`; null for anything else. */
export function errnoOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : null;
}

const SINK_CODES: Record<string, ErrorCode> = {
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EEXIST: 'exists',
  ENAMETOOLONG: 'name-impossible',
  EINVAL: 'name-impossible',
  EILSEQ: 'name-impossible',
};

/** What passes when someone makes room, gives permission back, or closes another program. */
const RETRYABLE = new Set([
  'EACCES',
  'EBUSY',
  'EDQUOT',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOSPC',
  'EPERM',
  'EROFS',
  'ESTALE',
  'ETXTBSY',
]);

const REASONS: Record<string, string> = {
  EACCES: 'permission is denied',
  EBUSY: 'another program uses it',
  EDQUOT: 'your quota on that disk is used up',
  EEXIST: 'something of that name is already there',
  EFBIG: 'the disk does not take files that large',
  EILSEQ: 'the disk does not take that name',
  EINVAL: 'the disk does not take that name',
  EIO: 'the disk reports a fault',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a symbolic link, or a loop of them',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long for the disk',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'the system does not permit it',
  EROFS: 'the disk is read-only',
  ETXTBSY: 'the program is running',
};

function diskError(error: unknown, describe: (errno: string) => [ErrorCode, string]): unknown {
  const errno = errnoOf(error);
  // What isn't a system error is a bug of ours, or already says what it is.
  if (errno === null) return error;
  const [code, message] = describe(errno);
  return new TransferError(code, message, { cause: error, retryable: RETRYABLE.has(errno) });
}
