// How the word at the end of a typed code could go on.
import { completeWord } from '@p2p-copy/core';

/** Words that the last part of `text` may become; none before a letter of it stands there, or once it is whole. */
export function suggestWords(text: string, limit: number): string[] {
  const started = /[\s\p{Pd}_]([a-z]+)$/iu.exec(text)?.[1];
  if (started === undefined) return [];
  const words = completeWord(started);
  return words.length === 1 && words[0] === started.toLowerCase() ? [] : words.slice(0, limit);
}

/** `text` with its last part replaced by `word`, and a dash when more words are to come. */
export function withWord(text: string, word: string): string {
  const before = text.replace(/[a-z]+$/iu, '');
  const parts = before.split(/[\s\p{Pd}_]+/u).filter((part) => part !== '');
  return `${before}${word}${parts.length < 2 ? '-' : ''}`;
}
