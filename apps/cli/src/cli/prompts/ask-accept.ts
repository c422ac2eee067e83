// The question whether an offer is wanted, or which part of it.
import { setImmediate as otherEvents } from 'node:timers/promises';
import { partOf } from '../../library/chosen-part.ts';
import type { Offer } from '../../library/public-types.ts';
import { offerInWords } from '../../wording/amounts.ts';
import { FIRST_ENTRIES, offerInFull } from '../reports/show-offer.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { showOffer, signalOrAnswer } from './ask-person.ts';
import { choosePart } from './choose-part.ts';

const NONE: ReadonlySet<number> = new Set();

/** Only a clear yes accepts. What a person leaves out stays so when the sender changes the offer. */
export function createAcceptQuestion(terminal: Terminal, signal: AbortSignal) {
  let leftOutPaths: ReadonlySet<string> = new Set();
  return async (offer: Offer, withdrawn: AbortSignal): Promise<boolean | number[]> => {
    const ended = AbortSignal.any([signal, withdrawn]);
    showOffer(terminal, offer);
    let leftOut = indicesOf(offer, leftOutPaths);
    if (leftOut.size > 0) terminal.say('What you left out before is left out again.');
    for (;;) {
      const part = partOf(offer, leftOut);
      const answer = (await terminal.ask(questionOf(offer, part), { signal: ended }))?.toLowerCase();
      signalOrAnswer(ended);
      if (answer === 'l' || answer === 'list') await showInFull(terminal, part, ended);
      else if (answer === 'c' || answer === 'choose') {
        leftOut = await choosePart(terminal, offer, leftOut, ended);
        leftOutPaths = new Set(
          offer.entries.filter(({ index }) => leftOut.has(index)).map(({ path }) => path),
        );
      } else if (answer === 'y' || answer === 'yes')
        return leftOut.size === 0 || part.entries.map(({ index }) => index);
      else if (answer === undefined || ['', 'n', 'no'].includes(answer)) return false;
    }
  };
}

/** Whoever has a long list behind them reads the sum again. */
function questionOf(offer: Offer, part: Offer): string {
  const isPart = part !== offer;
  const sum = isPart ? `${offerInWords(part)}, of ${offerInWords(offer)}` : offerInWords(offer);
  const choose = offer.entries.length > 1 ? '/choose' : '';
  const list = isPart || offer.entries.length > FIRST_ENTRIES ? '/list' : '';
  return `Accept ${sum}? [y/N${choose}${list}] `;
}

function indicesOf({ entries }: Offer, paths: ReadonlySet<string>): ReadonlySet<number> {
  const found = entries.filter(({ path }) => paths.has(path));
  // Nothing would be left to accept.
  if (found.length === 0 || found.length === entries.length) return NONE;
  return new Set(found.map(({ index }) => index));
}

/** A piece at a time: a long list can be interrupted. */
async function showInFull(terminal: Terminal, offer: Offer, signal: AbortSignal): Promise<void> {
  for (const piece of offerInFull(offer)) {
    terminal.say(piece);
    await otherEvents();
    signalOrAnswer(signal);
  }
}
