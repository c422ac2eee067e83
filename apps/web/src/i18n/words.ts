// What a catalogue holds: the same as the English one. A missing or an additional text is a type error.
import type { en } from './en/en.ts';
import type { classic } from './en/en-classic.ts';
import type { AllProblems } from './problem-words.ts';

/** The same keys, with any text or a function that makes one. */
type Widened<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { [Key in keyof T]: Key extends 'problems' ? T[Key] : Widened<T[Key]> };

export type Words = Widened<typeof en>;
/** What only a transfer with the Python tool shows; its problems go before those of `Words`. */
export type ClassicWords = Widened<typeof classic>;
export type Translation = Omit<Words, 'problems'> & { problems: AllProblems };
