// What a browser refused, in the person's language, and what they can do about it.
import { REFUSED_NAME, type Refusal } from '../contract/browser-refusal.ts';
import type { RefusedCall } from '../i18n/refusal-words.ts';
import { spoken } from '../i18n/spoken.svelte.ts';
import { shownName } from './shown-name.ts';

/** @returns two sentences */
export function refusalInWords(refusal: Refusal): { sentence: string; advice: string } {
  const { call, path } = refusal;
  const { read, write, storage } = spoken.words.refusals;
  const { reason, advice } = rowOf(refusal);
  const what = path === null ? storage : spoken.words.refusals.quoted(shownName(path));
  return { sentence: call === 'read' ? read(what, reason) : write(what, reason), advice };
}

/** Why a file or folder can't be read: a clause. */
export function reasonUnread(exception: string): string {
  return rowOf({ call: 'read', exception }).reason;
}

/** The row of an exception; of one that isn't known, a row that names it. */
function rowOf({ call, exception }: Pick<Refusal, 'call' | 'exception'>): RefusedCall {
  const { rows, refusedName, other } = spoken.words.refusals;
  if (exception === REFUSED_NAME) return refusedName;
  const row = Object.hasOwn(rows, exception) ? rows[exception as keyof typeof rows] : null;
  return row === null ? { reason: other.reason(exception), advice: other.advice } : row[call];
}
