// Files that are not delivered, in words: each while the others go on, and all of them at the end.
import { ERROR_TABLE } from '@p2p-copy/core';
import type { ErrorCode, FailedFile } from '../../library/public-types.ts';
import { systemReason } from '../../node/disk/disk-error.ts';
import { counted } from '../../wording/amounts.ts';
import { quoted } from '../../wording/show-text.ts';

/** `“a.txt” was not delivered: the sender could not read it (permission is denied).` */
export function failedFileInWords({ path, code, cause }: FailedFile & { cause?: unknown }): string {
  const reason = REASONS[code];
  const system = systemReasonOf({ cause });
  const inBrackets = system === null ? '' : ` (${system})`;
  if (reason !== undefined) return `${quoted(path)} was not delivered: ${reason}${inBrackets}.`;
  return `${quoted(path)} was not delivered. ${ERROR_TABLE[code].sentence}`;
}

/** What the system of this side said about a file; null where it said nothing. @param failed with an error of a disk as its cause */
export function systemReasonOf({ cause }: { cause?: unknown }): string | null {
  return cause instanceof Error ? systemReason(cause.cause) : null;
}

/** All that failed, as one error: with the code that they share, if they do. */
export function failureOf(
  failed: readonly [FailedFile, ...FailedFile[]],
  deliveredFiles: number,
): { code: ErrorCode; sentence: string } {
  const total = failed.length + deliveredFiles;
  const [{ code }] = failed;
  if (total === 1) return { code, sentence: failedFileInWords(failed[0]) };
  const verb = failed.length === 1 ? 'was' : 'were';
  return {
    code: failed.every((file) => file.code === code) ? code : 'incomplete',
    sentence: `${failed.length.toLocaleString('en-US')} of ${counted(total, 'file')} ${verb} not delivered.`,
  };
}

const REASONS: Partial<Record<ErrorCode, string>> = {
  'source-changed': 'it changed since it was offered',
  'source-unreadable': 'the sender could not read it',
  'digest-mismatch': 'what arrived does not match what the sender read',
  'part-changed': 'another program at the receiving device changed it before it was complete',
  'sink-failed': 'the receiving device could not write it',
  'no-space': 'the receiving device has not enough space',
  'name-impossible': 'its name cannot exist on the receiving device',
  exists: 'something of that name is already there',
};
