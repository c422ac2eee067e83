// Sends for a command, whether it is the first attempt or a later one.
import { basename, resolve } from 'node:path';
import { isPeerOnceAfter, sendToDevice, TransferTally } from '@p2p-copy/core';
import { type SendOptions, send } from '../../library/send.ts';
import { sendBy } from '../../library/send-by.ts';
import { nodeClock } from '../../node/time/clock.ts';
import { titleOf } from '../../state/stored-transfer.ts';
import type { Report } from '../reports/report.ts';
import type { Context } from '../terminal/context.ts';
import type { KeptTransfer } from './kept-transfer.ts';
import { endingBy, type MetDevice, whileMember } from './met-device.ts';
import { runTransfer, type TransferEnds } from './run-transfer.ts';

export type SendCommandOptions = Omit<
  SendOptions,
  'onEvent' | 'onWarning' | 'onResumable' | 'onNote' | 'ended'
> & {
  relay: string;
  paths: readonly string[];
  compress: 'auto' | 'on' | 'off';
  /** Whether the exit code is 0 although some of it could not be sent. */
  skipUnsendable: boolean;
  /** The device of one's own that it is for, in place of whoever has a code. */
  to?: MetDevice;
  /** Aborted once the device that it is for is none of one's own. */
  leaving?: AbortSignal;
};

export function runSend(
  options: SendCommandOptions,
  report: Report,
  kept: KeptTransfer,
  context: Context,
  { isAnew }: Pick<TransferEnds, 'isAnew'> = {},
): Promise<number> {
  const { relay, compress, path, caFile, skipUnsendable, exclude = [], gitignore } = options;
  const { followLinks = false, to, leaving } = options;
  const device = to?.key ?? kept.transfer?.device;
  const paths = options.paths.map((path) => resolve(path));
  let offered = { files: 0, bytes: 0 };
  let begun = kept.hasBegun;
  let isPeerOnce = false;
  const tally = new TransferTally(nodeClock);
  const sending: SendOptions = {
    ...options,
    ...endingBy(options.signal, leaving),
    onEvent(event) {
      if (event.type === 'offer') offered = event;
      if (event.type === 'accepted') {
        begun = true;
        kept.noteAccepted();
      }
      isPeerOnce = isPeerOnceAfter(event, isPeerOnce);
      tally.note(event);
      report.event(event);
    },
    onNote: (note) => kept.add(note),
    ...(!kept.keepsAny && { isOnce: true }),
    ...(kept.ended !== null && { ended: kept.ended }),
    onWarning: (warning) => report.warning(warning),
    onResumable(resume) {
      const title = titleOf(
        paths.map((path) => basename(path)),
        offered,
      );
      const trusted = caFile === undefined ? null : resolve(caFile);
      kept.keep({
        role: 'send',
        relay,
        resume,
        caFile: trusted,
        title,
        paths,
        compress,
        isAccepted: begun,
        ...(skipUnsendable && { skipUnsendable }),
        ...(exclude.length > 0 && { exclude }),
        ...(gitignore && { gitignore }),
        ...(followLinks && { followLinks }),
        ...(path !== undefined && { pathChoice: path }),
        ...(device !== undefined && { device }),
      });
    },
  };
  const run = () =>
    whileMember(leaving, () =>
      to === undefined
        ? send(sending)
        : sendBy(sending, (engineOptions) => sendToDevice(to.ports, engineOptions, to.meet)),
    );
  return runTransfer('send', report, run, {
    kept,
    skipUnsendable,
    tally,
    hasBegun: () => begun,
    isPeerOnce: () => isPeerOnce,
    ...(isAnew && { isAnew }),
    context,
  });
}
