// Receives for a command, whether it is the first attempt or a later one.
import { resolve } from 'node:path';
import { Pace } from '@p2p-copy/core';
import type { Offer } from '../../library/public-types.ts';
import { type ReceiveOptions, receive } from '../../library/receive.ts';
import { nodeClock } from '../../node/clock.ts';
import { TopNames } from '../../state/stored-transfer.ts';
import type { Report } from '../reports/report.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { KeptTransfer } from './kept-transfer.ts';
import { runTransfer, type TransferEnds } from './run-transfer.ts';

export type ReceiveCommandOptions = Omit<
  ReceiveOptions,
  'onEvent' | 'onText' | 'onResumable' | 'onNote' | 'notes'
> & {
  relay: string;
  accept(offer: Offer, signal: AbortSignal): boolean | Promise<boolean>;
};

/** What to do about errors of an output that is no folder: nothing of it is kept. */
const STREAM_STEPS: TransferEnds['steps'] = {
  'sink-failed': 'Check where the output goes, then ask the sender to send again.',
  'no-space': 'Make room where the output goes, then ask the sender to send again.',
  interrupted: 'The sender was told. What was written is not the whole file.',
};

/** @param options may be asked for only once the transfer runs */
export async function runReceive(
  options: () => Promise<ReceiveCommandOptions>,
  report: Report,
  kept: KeptTransfer,
): Promise<number> {
  let unasked = false;
  const steps: TransferEnds['steps'] = {};
  const transfer = async () => {
    const given = await options();
    const { relay, out = '.', to, caFile, verify = 'arrival' } = given;
    if (to !== undefined) Object.assign(steps, STREAM_STEPS);
    let title = kept.transfer?.title;
    const result = await receive({
      ...given,
      async accept(offer, withdrawn) {
        const accepted = await given.accept(offer, withdrawn);
        if (accepted) title = await titleOfOffer(offer);
        return accepted;
      },
      notes: kept.notes,
      onNote: (note) => kept.add(note),
      onEvent: (event) => report.event(event),
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
  const exitCode = await runTransfer('receive', report, transfer, { kept, steps });
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
