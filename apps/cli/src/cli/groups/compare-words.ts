// The question whether both devices show the same words: to a person on a terminal, or to a script, which gives the words that the
// other device shows on standard input.
import { createInterface } from 'node:readline';
import { type PairAnswer, type PairQuestion, TransferError } from '@p2p-copy/core';
import { signalOrAnswer } from '../prompts/ask-person.ts';
import type { Context } from '../terminal/context.ts';

/** How the words are compared. */
export interface Comparison {
  context: Pick<Context, 'terminal' | 'stdin' | 'signal'>;
  /** The code alone is trusted. */
  yes: boolean;
  /** Words that the other device is to show, which were given with the command. */
  expected: string | null;
  /** Whether a person is asked. */
  mayAsk: boolean;
}

/** @throws TransferError `interrupted`; `cancelled` where nobody compares them */
export async function compareWords(
  { words }: PairQuestion,
  { context, yes, expected, mayAsk }: Comparison,
  gone: AbortSignal,
): Promise<PairAnswer> {
  if (yes) return { isSame: true };
  if (expected !== null) return { isSame: isSame(expected, words) };
  const ended = AbortSignal.any([context.signal, gone]);
  if (!mayAsk) {
    const line = await firstLine(context.stdin, ended);
    signalOrAnswer(ended);
    if (line !== null) return { isSame: isSame(line, words) };
    throw new TransferError('cancelled', 'Nobody compared the words: standard input ended before they came.');
  }
  for (;;) {
    const answer = (
      await context.terminal.ask(
        'Does the other device show the same name for this one, and these words? [y/N] ',
        {
          signal: ended,
        },
      )
    )?.toLowerCase();
    signalOrAnswer(ended);
    if (answer === 'y' || answer === 'yes') return { isSame: true };
    if (answer === 'n' || answer === 'no') return { isSame: false };
    // Whoever says nothing has seen no other words.
    if (answer === undefined || answer === '')
      throw new TransferError('cancelled', 'Nobody said that the words are the same.');
  }
}

/** Whatever stands between the words. */
function isSame(given: string, words: readonly string[]): boolean {
  return (
    given
      .toLowerCase()
      .split(/[^a-z]+/)
      .filter((word) => word !== '')
      .join(' ') === words.join(' ')
  );
}

/** Null when the input ends before there is one, or nobody waits for it any more. */
function firstLine(stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<string | null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdin });
    const stop = () => lines.close();
    signal.addEventListener('abort', stop, { once: true });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(null);
    });
  });
}
