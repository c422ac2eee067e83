// Receives files: as many sessions as it takes until every accepted one is verified and durable.

import type { TransferResult } from '../api/events.ts';
import type { EnginePorts, ReceiveOptions } from '../api/options.ts';
import { Review } from '../offer/review.ts';
import { parseCode } from '../wire/code.ts';
import { ReceiverRun } from './receiver-run.ts';
import type { ReceiverStart } from './session.ts';

/**
 * Joins a sender by code, has its offer reviewed, receives it, and resolves when every accepted file is verified and
 * durable. Errors: any TransferError; the promise also rejects on a bug of ours.
 */
export async function receiveFiles(ports: EnginePorts, options: ReceiveOptions): Promise<TransferResult> {
  const { code, onEvent } = options;
  const review = new Review(options);
  let start: ReceiverStart =
    typeof code === 'string' ? { by: 'code', code: parseCode(code) } : { by: 'secret', ...code };
  for (;;) {
    const outcome = await new ReceiverRun(ports, options, start, review).run();
    if (outcome.name === 'done') return outcome.result;
    start = outcome.start;
    if (outcome.name === 'restarted') onEvent({ type: 'reconnected', restarted: true });
  }
}
