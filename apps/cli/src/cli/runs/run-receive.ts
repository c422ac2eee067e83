// Receives for a command, whether it is the first attempt or a later one.
import { resolve } from 'node:path';
import { Pace } from '@p2p-copy/core';
import type { Offer } from '../../library/public-types.ts';
import { type ReceiveOptions, receive } from '../../library/receive.ts';
import { nodeClock } from '../../node/clock.ts';
import { TopNames } from '../../state/stored-transfer.ts';
import type { Report } from '../reports/report.ts';
import type { Context } from '../terminal/context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { KeptTransfer } from './kept-transfer.ts';
import { runTransfer } from './run-transfer.ts';

export type ReceiveCommandOptions = Omit<
  ReceiveOptions,
  'onEvent' | 'onText' | 'onResumable' | 'onNote' | 'notes'
> & {
  relay: string;
  accept(offer: Offer, signal: AbortSignal): boolean | Promise<boolean>;
};

/** @param options may be asked for only once the transfer runs */
export async function runReceive(
  options: () => Promise<ReceiveCommandOptions>,
  report: Report,
  kept: KeptTransfer,
  context: Context,
): Promise<number> {
  let unasked = false;
  let begun = false;
  let isStreamed = false;
  const transfer = async () => {
    const given = await options();
    const { relay, out = '.', to, caFile, verify = 'arrival' } = given;
    let title = kept.transfer?.title;
    isStreamed = to !== undefined;
    const result = await receive({
      ...given,
      async accept(offer, withdrawn) {
        const accepted = await given.accept(offer, withdrawn);
        if (accepted) title = await titleOfOffer(offer);
        return accepted;
      },
      notes: kept.notes,
      onNote: (note) => kept.add(note),
      onEvent(event) {
        if (event.type === 'accepted') begun = true;
        report.event(event);
      },
      onText: (text) => report.text(text),
      onResumable(resume, accepted) {
        if (to !== undefined || title === undefined) return;
        const trusted = caFile === undefined ? null : resolve(caFile);
        const place = { out: resolve(out), verify };
        kept.keep({ role: 'receive', relay, resume, caFile: trusted, title, ...place, accepted });
      },
    });
    unasked = result.leftOut?.unasked ?? false;
    return result;
  };
  const exitCode = await runTransfer('receive', report, transfer, {
    kept,
    hasBegun: () => begun,
    get isStreamed() {
      return isStreamed;
    },
    context,
  });
  // A script must hear that not all is here; a person who was asked knows.
  return exitCode === EXIT.done && unasked ? EXIT.receiveFailed : exitCode;
}

async function titleOfOffer(offer: Offer) {
  const names = new TopNames();
  const pace = new Pace(nodeClock);
  for (const { path } of offer.entries) {
    names.add(path);
    await pace.step();
  }
  return names.title(offer);
}
