// Words of the list near to a word that was typed: completions, corrections, and words run together. docs/PROTOCOL.md
// section 5.
import { completeWord, isWord, MAX_WORDS, WORDS } from '../wire/code.ts';

/** Corrections of one word, or of one code, that are offered at most. */
export const MAX_SUGGESTIONS = 5;
/** Fewer letters are not completed by themselves. */
const MIN_PREFIX_LETTERS = 3;
/** Letters up to which one edit is a slip; a longer word may have two. */
const SHORT_WORD_LETTERS = 5;
/** Letters of the longest word, with room for two edits. */
const MAX_TYPED_LETTERS = 10;

/** The word of the list that `typed` is, or is the beginning of and no other's; null otherwise. */
export function wholeWord(typed: string): string | null {
  if (isWord(typed)) return typed;
  const [word, ...others] = typed.length < MIN_PREFIX_LETTERS ? [] : completeWord(typed);
  return word !== undefined && others.length === 0 ? word : null;
}

/**
 * Words that `typed` may stand for, nearest first; none where too many do. Diacritics count as nothing. Of fewer than three
 * letters only the last word is completed: Enter came early.
 */
export function nearWords(typed: string, isLast: boolean): string[] {
  const whole = wholeWord(typed);
  if (whole !== null) return [whole];
  const letters = withoutMarks(typed);
  if (letters.length > MAX_TYPED_LETTERS) return [];
  if (letters.length < MIN_PREFIX_LETTERS && !isLast) return [];
  const completions = completeWord(letters);
  if (completions.length > 0) return completions.length <= MAX_SUGGESTIONS ? completions : [];
  return nearest(letters);
}

/** Whether several words begin with `typed`, and it is none itself. */
export function isUnfinished(typed: string): boolean {
  return wholeWord(typed) === null && completeWord(typed).length > 1;
}

/** Every division of `letters` into 2 to 12 words, as far as they are offered: what misses its dashes. */
export function divisions(letters: string): string[][] {
  const found: string[][] = [];
  // Paths from an index that reach no end are walked once: the time is bounded by the length.
  const deadEnds = new Set<string>();
  const divide = (from: number, words: string[]): boolean => {
    if (from === letters.length) {
      if (words.length >= 2) found.push(words);
      return true;
    }
    const state = `${from} ${words.length}`;
    if (words.length === MAX_WORDS || deadEnds.has(state)) return false;
    let reaches = false;
    for (let length = 3; length <= 8 && from + length <= letters.length; length++) {
      if (found.length >= MAX_SUGGESTIONS) return true;
      const word = letters.slice(from, from + length);
      if (isWord(word) && divide(from + length, [...words, word])) reaches = true;
    }
    if (!reaches) deadEnds.add(state);
    return reaches;
  };
  divide(0, []);
  return found;
}

function nearest(letters: string): string[] {
  const most = letters.length <= SHORT_WORD_LETTERS ? 1 : 2;
  let [words, distance] = [[] as string[], most];
  for (const word of WORDS) {
    if (Math.abs(word.length - letters.length) > distance) continue;
    const edits = editsBetween(letters, word);
    if (edits > distance) continue;
    if (edits < distance) [words, distance] = [[], edits];
    words.push(word);
  }
  return words.length <= MAX_SUGGESTIONS ? words : [];
}

/** Insertions, deletions, substitutions and exchanges of neighbours (optimal string alignment). */
function editsBetween(a: string, b: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, substitution);
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isExchange) row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}

function withoutMarks(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ı', 'i');
}
