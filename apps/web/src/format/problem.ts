// What a person reads when something ended a transfer, in the language of the page.
import { ERROR_TABLE, type ErrorCode, nextStepOf, type Side } from '@p2p-copy/core';
import type { FailureRecord, Refusal } from '../contract/browser-refusal.ts';
import type { SendWire, StopCommand } from '../contract/messages.ts';
import type { Problem } from '../i18n/problem-words.ts';
import { spoken } from '../i18n/spoken.svelte.ts';
import { refusalInWords } from './refusal-in-words.ts';

export type { Problem };

/** @param side that of this page: a next step may differ between them */
export function problemOf(error: FailureRecord, side: Side, wire: SendWire['wire'] = 'version-two'): Problem {
  if (error.refusal !== undefined) {
    const { sentence, advice } = refusalInWords(error.refusal);
    return { sentence, next: `${advice} ${spoken.words.refusals.again}` };
  }
  const { problems } = spoken.words;
  const inClassic = wire === 'classic' ? spoken.classic?.problems[error.code] : undefined;
  const own = inClassic ?? problems[error.code];
  const next = own?.ofSide?.[side] ?? own?.next ?? nextStepOf(error.code, side);
  return { sentence: own?.sentence ?? error.message, next };
}

/** The same, where what has arrived is kept and the transfer is listed on the first page. */
export function laterProblemOf(error: FailureRecord, side: Side): Problem {
  const { sentence } = problemOf(error, side);
  const { keptNoRoom, keptForLater } = spoken.words;
  if (error.code === 'no-space' && side === 'receive') return { sentence, next: keptNoRoom };
  if (error.refusal === undefined) return { sentence, next: keptForLater };
  return { sentence, next: `${refusalInWords(error.refusal).advice} ${keptForLater}` };
}

/** How a person stops a transfer that runs. */
export type StopChoice = NonNullable<StopCommand['stop']>;

/** What a person reads who has stopped it. @param undeleted unfinished files that could not be deleted */
export function stoppedProblem(stop: StopChoice, side: Side, undeleted = 0): Problem {
  const { keptForLater, stop: words, files } = spoken.words;
  const { stopped: sentence, notDeleted, deleted, ended, endedSending } = words;
  if (stop === 'keep') return { sentence, next: keptForLater };
  if (stop === 'end') return { sentence, next: side === 'send' ? endedSending : ended };
  return { sentence, next: undeleted > 0 ? notDeleted(files(undeleted)) : deleted };
}

/** The next step after an end before anything was accepted. @param isResumable whether the offer stands, on the first page */
export function nothingMoved(side: Side, isResumable: boolean): string {
  const { nothingSent, nothingReceived, nothingYet } = spoken.words.stop;
  if (isResumable) return nothingYet;
  return side === 'send' ? nothingSent : nothingReceived;
}

/** The same, where the browser has a part of what was being downloaded. */
export function brokenDownload({ sentence }: Problem): Problem {
  return { sentence, next: spoken.words.downloadBroken };
}

/** The sentence for a file that wasn't delivered. @param refusal this browser's, which names the file */
export function sentenceOf(code: ErrorCode, refusal?: Refusal): string {
  if (refusal !== undefined) return refusalInWords(refusal).sentence;
  return spoken.words.problems[code]?.sentence ?? ERROR_TABLE[code].sentence;
}

/** For a bug of ours: nothing that a person did, and nothing that they can mend. */
export const crashed = (): Problem => spoken.words.crashed;

export const taken = (): Problem => spoken.words.taken;
