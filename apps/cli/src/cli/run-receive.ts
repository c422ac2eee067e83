// Receives for a command, whether it is the first attempt or a later one.
import { resolve } from 'node:path';
import type { Offer } from '../library/public-types.ts';
import { type ReceiveOptions, receive } from '../library/receive.ts';
import { titleOf } from '../state/stored-transfer.ts';
import { EXIT } from './exit-codes.ts';
import type { KeptTransfer } from './kept-transfer.ts';
import type { Report } from './report.ts';
import { runTransfer } from './run-transfer.ts';

export type ReceiveWishes = Omit<ReceiveOptions, 'onEvent' | 'onText' | 'onResumable'> & {
  relay: string;
  accept(offer: Offer, signal: AbortSignal): boolean | Promise<boolean>;
};

/** @param wishes may be asked for only once the transfer runs */
export async function runReceive(
  wishes: () => Promise<ReceiveWishes>,
  report: Report,
  kept: KeptTransfer,
): Promise<number> {
  let unasked = false;
  const transfer = async () => {
    const given = await wishes();
    const { relay, out = '.', to, caFile } = given;
    let offer: Offer | null = null;
    const result = await receive({
      ...given,
      accept(offered, withdrawn) {
        offer = offered;
        return given.accept(offered, withdrawn);
      },
      onEvent: (event) => report.event(event),
      onText: (text) => report.text(text),
      onResumable(resume, accepted) {
        if (to !== undefined) return;
        const title = offer === null ? kept.transfer?.title : titleOfOffer(offer);
        if (title === undefined) return;
        const trusted = caFile === undefined ? null : resolve(caFile);
        kept.keep({ role: 'receive', relay, resume, caFile: trusted, title, out: resolve(out), accepted });
      },
    });
    unasked = result.leftOut?.unasked ?? false;
    return result;
  };
  const exitCode = await runTransfer('receive', report, transfer, { kept });
  // A script must hear that not all is here; a person who was asked knows.
  return exitCode === EXIT.done && unasked ? EXIT.receiveFailed : exitCode;
}

function titleOfOffer(offer: Offer) {
  return titleOf(
    offer.entries.map(({ path }) => path),
    offer,
  );
}
