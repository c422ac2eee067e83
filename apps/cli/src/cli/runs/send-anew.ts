// Sends, and begins anew with another code for the same files each time that the person asks for one while the receiver is away.
import type { TransferStore } from '../../state/transfer-store.ts';
import type { Context } from '../terminal/context.ts';
import { chooseSenderReport, type ReportChoice } from './choose-report.ts';
import { KeptTransfer } from './kept-transfer.ts';
import { runSend, type SendCommandOptions } from './run-send.ts';

export async function sendAnew(
  options: SendCommandOptions,
  { store, context, choice }: { store: TransferStore; context: Context; choice: ReportChoice },
): Promise<number> {
  const { terminal, signal } = context;
  for (;;) {
    const givingUp = new AbortController();
    const { isOnce = false } = options;
    const report = chooseSenderReport(terminal, options.relay, choice, {
      isOnce,
      // Whoever comes back just then hears that this attempt is over.
      ...(!isOnce && { newCode: () => givingUp.abort('discard') }),
    });
    const exitCode = await runSend(
      { ...options, signal: AbortSignal.any([signal, givingUp.signal]) },
      report,
      new KeptTransfer(store, report),
      context,
      { isAnew: () => givingUp.signal.aborted && !signal.aborted },
    );
    if (!givingUp.signal.aborted || signal.aborted) return exitCode;
    terminal.say('A new code for the same files; the earlier attempt cannot be resumed.');
  }
}
