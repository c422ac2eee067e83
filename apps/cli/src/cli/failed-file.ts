// One file that will not be delivered, in words: while the others go on, and at the end.
import { ERROR_TABLE } from '@p2p-copy/core';
import type { ErrorCode, FailedFile } from '../library/public-types.ts';
import { counted } from '../wording/amounts.ts';
import { quoted } from '../wording/show-text.ts';

export function failedFileInWords({ path, code }: FailedFile): string {
  return `Not delivered: ${quoted(path)}. ${ERROR_TABLE[code].sentence}`;
}

/** All that failed, as one error: the common code where there is one. */
export function failureOf(
  failed: readonly FailedFile[],
  files: number,
): { code: ErrorCode; sentence: string } {
  const codes = new Set(failed.map(({ code }) => code));
  const [only] = codes;
  if (codes.size === 1 && failed.length === 1) {
    return { code: only!, sentence: `${quoted(failed[0]!.path)} was not delivered: ${reason(only!)}` };
  }
  const total = files + failed.length;
  return {
    code: codes.size === 1 ? only! : 'incomplete',
    sentence: `${failed.length.toLocaleString('en-US')} of ${counted(total, 'file')} were not delivered.`,
  };
}

function reason(code: ErrorCode): string {
  const { sentence } = ERROR_TABLE[code];
  return sentence[0]!.toLowerCase() + sentence.slice(1);
}
