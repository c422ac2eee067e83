// Receives for a command, whether it is the first attempt or a later one.
import { resolve } from 'node:path';
import {
  type Code,
  isPeerOnceAfter,
  Pace,
  parseCode,
  receiveFromDevice,
  TransferTally,
} from '@p2p-copy/core';
import type { ErrorCode, Offer } from '../../library/public-types.ts';
import { type ReceiveOptions, receive } from '../../library/receive.ts';
import { receiveBy } from '../../library/receive-by.ts';
import { nodeClock } from '../../node/time/clock.ts';
import { tagOfCode } from '../../state/code-tag.ts';
import { NO_TITLE, type ReviewWishes, TopNames } from '../../state/stored-transfer.ts';
import type { Report } from '../reports/report.ts';
import type { Context } from '../terminal/context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { KeptTransfer } from './kept-transfer.ts';
import { endingBy, type MetDevice, whileMember } from './met-device.ts';
import { runTransfer } from './run-transfer.ts';

export type ReceiveCommandOptions = Omit<
  ReceiveOptions,
  'onEvent' | 'onText' | 'onWarning' | 'onResumable' | 'onNotResumable' | 'onNote' | 'notes'
> & {
  relay: string;
  /** How the offer is reviewed, by which the review can be resumed. */
  wishes?: ReviewWishes;
  accept: NonNullable<ReceiveOptions['accept']>;
  /** The device of one's own that sends, in place of whoever shows a code. */
  from?: MetDevice;
  /** Aborted once the device that sends is none of one's own. */
  leaving?: AbortSignal;
};

/** Ends of a meeting that aren't those of whoever doesn't come. */
const ENDED_HERE: ReadonlySet<ErrorCode> = new Set(['interrupted', 'not-in-group']);

/**
 * @param options may be asked for only once the transfer runs
 * @param usedCode what is done in place of telling that nobody waits under that code; null for nothing
 */
export async function runReceive(
  options: () => Promise<ReceiveCommandOptions>,
  report: Report,
  kept: KeptTransfer,
  context: Context,
  usedCode: (code: Code) => (() => Promise<number>) | null = () => null,
): Promise<number> {
  let unasked = false;
  let begun = kept.hasBegun;
  let isPeerOnce = false;
  let isStreamed = false;
  let awaitsSender = true;
  let typed: Code | null = null;
  let unmet: MetDevice['unmet'];
  const tally = new TransferTally(nodeClock);
  const transfer = async () => {
    const given = await options();
    const { relay, out = '.', to, caFile, verify = 'arrival', code, path, wishes = null, from } = given;
    const { leaving } = given;
    const device = from?.key ?? kept.transfer?.device;
    let title = kept.transfer?.title;
    typed = typeof code === 'string' ? parseCode(code) : (code ?? null);
    report.meetsAt(relay);
    isStreamed = to !== undefined;
    awaitsSender = given.awaitsSender ?? true;
    const run = (receiving: ReceiveOptions & { relay: string }) =>
      whileMember(leaving, () =>
        from === undefined
          ? receive(receiving)
          : receiveBy(receiving, (engineOptions) =>
              receiveFromDevice(from.ports, engineOptions, async (features) => {
                unmet = from.unmet;
                const met = await from.meet(features);
                unmet = undefined;
                return met;
              }),
            ),
      );
    const result = await run({
      ...given,
      ...endingBy(given.signal, leaving),
      async accept(offer, withdrawn) {
        const accepted = await given.accept(offer, withdrawn);
        if (accepted !== false) title = await titleOfOffer(offer);
        return accepted;
      },
      notes: kept.notes,
      ...(!kept.keepsAny && { isOnce: true }),
      onNote: (note) => kept.add(note),
      onEvent(event) {
        if (event.type === 'accepted') begun = true;
        isPeerOnce = isPeerOnceAfter(event, isPeerOnce);
        tally.note(event);
        report.event(event);
      },
      onText: (text) => report.text(text),
      onWarning: (warning) => report.warning(warning),
      onResumable(resume, accepted) {
        if (to !== undefined) return;
        const noted = kept.transfer?.role === 'receive' ? kept.transfer.code : null;
        kept.keep({
          role: 'receive',
          relay,
          resume,
          caFile: caFile === undefined ? null : resolve(caFile),
          title: title ?? NO_TITLE,
          out: resolve(out),
          verify,
          accepted,
          wishes: accepted === null ? wishes : null,
          code: noted ?? (typed === null ? null : tagOfCode(typed)),
          ...(path !== undefined && { pathChoice: path }),
          ...(device !== undefined && { device }),
        });
      },
      onNotResumable: () => kept.drop(),
    });
    unasked = result.leftOut?.unasked ?? false;
    return result;
  };
  const exitCode = await runTransfer('receive', report, transfer, {
    kept,
    tally,
    instead: ({ code }) =>
      !ENDED_HERE.has(code) && unmet !== undefined
        ? unmet
        : typed !== null && (code === 'unknown-code' || (code === 'sender-away' && !awaitsSender))
          ? usedCode(typed)
          : null,
    hasBegun: () => begun,
    isPeerOnce: () => isPeerOnce,
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
