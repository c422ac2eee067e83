// What becomes of a transfer that its person stops with Ctrl-C. It goes on while the question is open.
import type { Side } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';

const QUESTIONS: Readonly<Record<Side, string>> = {
  send: 'Stop: k keeps what it takes to go on later, d stops for good. [K/d] ',
  receive: 'Stop: k keeps what has arrived, to go on later, d deletes unfinished files. [K/d] ',
};

/** Null where the signal is aborted first. */
export async function askStop(
  terminal: Terminal,
  side: Side,
  signal: AbortSignal,
): Promise<'keep' | 'discard' | null> {
  const key = await terminal.askKey(QUESTIONS[side], ['k', 'd'], { signal });
  return key === 'd' ? 'discard' : key === 'k' ? 'keep' : null;
}
