// What strangers did with the codes of one `send`, and when that is too much: wrong guesses against a budget of
// probability, and joiners that left after they had seen the sender's share. Pure. docs/PROTOCOL.md section 6.
import { TransferError } from '../foundation/errors.ts';
import { BITS_PER_WORD, MAX_WORDS } from '../wire/code.ts';
import { GUESS_BUDGET_BITS, MAX_BURNED_CODES, MAX_OPENED_IN_VAIN } from '../wire/limits.ts';

/** Counts over all codes of one `send`. */
export interface Strangers {
  /** Codes that wrong guesses burned. */
  burnedCodes: number;
  /** Probability that one of these guesses had been right. */
  chance: number;
  /** Joiners that left after they had seen the sender's share: each could have tried for equal verifiers. */
  openedInVain: number;
}

/** The counts before anyone has joined. */
export const NO_STRANGERS: Strangers = { burnedCodes: 0, chance: 0, openedInVain: 0 };

const BUDGET = 2 ** -GUESS_BUDGET_BITS;

/** @param words of the code that was guessed at; null for one that a person chose, whose probability nobody knows */
export function afterGuess(
  { burnedCodes, chance, openedInVain }: Strangers,
  words: number | null,
): Strangers {
  const ofThisGuess = words === null ? 2 * BUDGET : 2 ** (-BITS_PER_WORD * words);
  return { burnedCodes: burnedCodes + 1, chance: chance + ofThisGuess, openedInVain };
}

/** The counts after a joiner that left. @param opened whether it had the sender's share */
export function afterVisit(strangers: Strangers, opened: boolean): Strangers {
  return opened ? { ...strangers, openedInVain: strangers.openedInVain + 1 } : strangers;
}

/** Why nothing is offered any more, or null while it may be. */
export function strangersEnd({ burnedCodes, chance, openedInVain }: Strangers): TransferError | null {
  if (chance > BUDGET || burnedCodes >= MAX_BURNED_CODES) return new TransferError('wrong-code');
  return openedInVain >= MAX_OPENED_IN_VAIN ? new TransferError('code-disturbed') : null;
}

/** Words of the next code: one more for each that was burned. */
export function wordsOfNext(wishedWords: number, burnedCodes: number): number {
  return Math.min(wishedWords + burnedCodes, MAX_WORDS);
}
