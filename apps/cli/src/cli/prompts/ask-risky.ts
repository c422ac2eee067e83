// The question about files that some system obeys where they land: with their names, apart from the offer.
import { TransferError } from '@p2p-copy/core';
import type { OfferEntry } from '../../library/public-types.ts';
import { counted } from '../../wording/amounts.ts';
import { entryLines, linesInPieces } from '../reports/show-offer.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Names shown without being asked for more. */
const FIRST_RISKY = 20;

/** What `receive` asks with all such files of an offer; true accepts them. */
export function createRiskyQuestion(terminal: Terminal, signal: AbortSignal) {
  return (risky: readonly OfferEntry[], offer: { files: number }, withdrawn: AbortSignal) =>
    askRisky(terminal, risky, offer.files, AbortSignal.any([signal, withdrawn]));
}

/** Leaving them out is what a mere Enter does. */
async function askRisky(
  terminal: Terminal,
  risky: readonly OfferEntry[],
  offeredFiles: number,
  signal: AbortSignal,
): Promise<boolean> {
  const number = risky.length.toLocaleString('en-US');
  terminal.say(`\n${number} of ${counted(offeredFiles, 'file')} could change settings or run here:`);
  terminal.say(entryLines(risky.slice(0, FIRST_RISKY)));
  const more = risky.length - FIRST_RISKY;
  if (more > 0) terminal.say(`  and ${counted(more, 'more file')}`);
  const them = risky.length === 1 ? 'it' : 'them';
  const question = `Leave ${them} out, accept ${them}, or show all names? [L/a/s] `;
  for (;;) {
    const answer = (await terminal.ask(question, { signal }))?.toLowerCase();
    if (signal.aborted) throw new TransferError('interrupted');
    if (answer === 's' || answer === 'show') for (const piece of linesInPieces(risky)) terminal.say(piece);
    else if (answer === 'a' || answer === 'accept') return true;
    else if (answer === undefined || ['', 'l', 'leave', 'leave out'].includes(answer)) return false;
  }
}
