// Sends, and begins anew with another code for the same files each time that the person asks for one while the receiver is away.
import type { TransferStore } from '../../state/transfer-store.ts';
import { JsonReport } from '../reports/json-report.ts';
import { SenderReport } from '../reports/sender-report.ts';
import type { Context } from '../terminal/context.ts';
import { KeptTransfer } from './kept-transfer.ts';
import { runSend, type SendCommandOptions } from './run-send.ts';

export async function sendAnew(
  options: SendCommandOptions,
  { store, context, json = false }: { store: TransferStore; context: Context; json?: boolean },
): Promise<number> {
  const { terminal, signal } = context;
  for (;;) {
    const givingUp = new AbortController();
    const { isOnce = false } = options;
    const report = json
      ? new JsonReport(terminal)
      : new SenderReport(terminal, options.relay, {
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
