// What a person reads when something ended a transfer, in the language of the page.
import { ERROR_TABLE, type ErrorCode, type ErrorRecord } from '@p2p-copy/core';
import type { SendWire } from '../contract/messages.ts';
import type { Problem } from '../i18n/problem-words.ts';
import { spoken } from '../i18n/spoken.svelte.ts';

export type { Problem };

export function problemOf(error: ErrorRecord, wire: SendWire['wire'] = 'version-two'): Problem {
  const { problems, classicProblems } = spoken.words;
  const inClassic = wire === 'classic' ? classicProblems[error.code] : undefined;
  const own = inClassic ?? problems[error.code];
  return { sentence: own?.sentence ?? error.message, next: own?.next ?? error.next };
}

/** The same, where what has arrived is kept and the transfer is listed on the first page. */
export function laterProblemOf(error: ErrorRecord): Problem {
  const { sentence } = problemOf(error);
  const { keptNoRoom, keptForLater } = spoken.words;
  return { sentence, next: error.code === 'no-space' ? keptNoRoom : keptForLater };
}

/** The same, where the browser has a part of what was being downloaded. */
export function brokenDownload({ sentence }: Problem): Problem {
  return { sentence, next: spoken.words.downloadBroken };
}

/** The sentence for a file that wasn't delivered. */
export function sentenceOf(code: ErrorCode): string {
  return spoken.words.problems[code]?.sentence ?? ERROR_TABLE[code].sentence;
}

/** For a bug of ours: nothing that a person did, and nothing that they can mend. */
export const crashed = (): Problem => spoken.words.crashed;

export const taken = (): Problem => spoken.words.taken;
