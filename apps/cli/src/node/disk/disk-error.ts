// What the operating system said about a file, as an error that a person can act on.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ErrorCode, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { errnoRow, hasErrnoRow, OF_THIS_PROCESS } from './errno-reasons.ts';

/** An error of the receiving disk at `path`. A TransferError passes unchanged. */
export function sinkError(error: unknown, path: string): unknown {
  return diskError(error, (errno) => {
    const code = isOfName(error) ? NAME_CODES[errno] : undefined;
    return [
      code ?? SINK_CODES[errno] ?? 'sink-failed',
      `${quoted(path)} cannot be written: ${reasonOf(error, errno)}.`,
    ];
  });
}

/** An error of the sending disk at `path`. A TransferError passes unchanged. */
export function sourceError(error: unknown, path: string): unknown {
  return diskError(error, (errno) => {
    return ['source-unreadable', `${quoted(path)} cannot be read: ${reasonOf(error, errno)}.`];
  });
}

/** The errno name of a system error, such as `ENOENT`, or whatever stands for one that has none; null for anything else. */
export function errnoOf(error: unknown): string | null {
  const { code, errno, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (typeof code !== 'string') return null;
  if (/^E[A-Z0-9]+$/.test(code)) return code;
  // `UNKNOWN` on Windows, `Unknown system error -999` elsewhere.
  return typeof errno === 'number' && typeof syscall === 'string' ? code : null;
}

/** Why the system refused, as a clause; null where it didn't. */
export function systemReason(error: unknown): string | null {
  const errno = errnoOf(error);
  return errno === null ? null : reasonOf(error, errno);
}

/**
 * What a person can do about the errno behind an error: a clause in the imperative. Null where the error's next step says it, and for
 * what a connection to a relay ends with, which says nothing of a disk.
 */
export function adviceOf({ code, cause }: Pick<TransferError, 'code' | 'cause'>): string | null {
  const errno = errnoOf(cause);
  if (errno === null || !(OF_DISKS.has(code) || OF_THIS_PROCESS.has(errno))) return null;
  if (errno === 'ENOSPC' && isOutOfInodes(cause)) return 'Delete files that are not needed, however small';
  return errnoRow(errno).advice ?? null;
}

const SINK_CODES: Record<string, ErrorCode> = {
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EEXIST: 'exists',
  ENAMETOOLONG: 'name-impossible',
  EILSEQ: 'name-impossible',
};
/** Of calls that are given a name; of a write or a flush it means another thing. */
const NAME_CODES: Record<string, ErrorCode> = { EINVAL: 'name-impossible' };
const NAMING_CALLS = new Set(['open', 'mkdir', 'link', 'rename', 'lstat', 'stat', 'symlink', 'realpath']);

const OF_DISKS: ReadonlySet<ErrorCode> = new Set([
  ...Object.values(SINK_CODES),
  'sink-failed',
  'source-unreadable',
]);

const NO_INODES =
  'the disk has bytes left, but holds as many files and folders as it can (it is out of inodes)';

function isOfName(error: unknown): boolean {
  const { syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined || NAMING_CALLS.has(syscall);
}

function reasonOf(error: unknown, errno: string): string {
  if (errno === 'EINVAL' && !isOfName(error)) return 'the disk does not take what is asked of it';
  if (errno === 'ENOSPC' && isOutOfInodes(error)) return NO_INODES;
  return hasErrnoRow(errno) ? errnoRow(errno).reason : unnamedReason(error as NodeJS.ErrnoException);
}

/** By what a search finds it: the number, and the call. */
function unnamedReason({ code, errno, syscall }: NodeJS.ErrnoException): string {
  const of = syscall === undefined ? '' : ` of the call ${syscall}`;
  return `the system reports ${code} (error ${errno ?? 'without a number'}${of})`;
}

/** Whether the disk under the path that a call failed at has bytes left and no room for another name. */
function isOutOfInodes(error: unknown): boolean {
  const { path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const failed = dest ?? path;
  if (failed === undefined) return false;
  try {
    const { files, ffree, bavail } = statfsSync(dirname(failed));
    // Disks without a fixed number of inodes state 0 in all.
    return files > 0 && ffree === 0 && bavail > 0;
  } catch {
    return false;
  }
}

function diskError(error: unknown, describe: (errno: string) => [ErrorCode, string]): unknown {
  const errno = errnoOf(error);
  // What isn't a system error is a bug of ours, or already says what it is.
  if (errno === null) return error;
  const [code, message] = describe(errno);
  return new TransferError(code, message, { cause: error, retryable: errnoRow(errno).retryable ?? false });
}
