// Sends files: as many sessions as it takes until the receiver has confirmed all of them.
import type { TransferResult } from './events.ts';
import type { EnginePorts, SendOptions } from './options.ts';
import { SenderRun, type SenderStart } from './sender-run.ts';

/**
 * Offers entries under a code, sends them to whoever proves to know it, and resolves when the receiver has confirmed
 * that every file is verified and durable. Errors: any TransferError; the promise also rejects on a bug of ours.
 */
export async function sendFiles(ports: EnginePorts, options: SendOptions): Promise<TransferResult> {
  const { transferSecret } = options;
  let start: SenderStart = transferSecret === undefined ? { by: 'code' } : { by: 'secret', transferSecret };
  for (;;) {
    const outcome = await new SenderRun(ports, options, start).run();
    if (outcome.name === 'done') return outcome.result;
    options.onEvent({ type: 'reconnected', restarted: true });
    start = outcome.start;
  }
}
