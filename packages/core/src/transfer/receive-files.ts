// Receives files: as many sessions as it takes until every accepted one is verified and durable.

import type { TransferResult } from '../api/events.ts';
import type { EnginePorts, ReceiveOptions } from '../api/options.ts';
import { Review } from '../offer/review.ts';
import { parseCode } from '../wire/code.ts';
import { ReceiverRun } from './receiver-run.ts';
import { runSessions } from './run-sessions.ts';
import type { ReceiverStart } from './session.ts';

/**
 * Joins a sender by code, has its offer reviewed, receives it, and resolves when every accepted file is verified and
 * durable.
 * @throws TransferError any
 */
export async function receiveFiles(ports: EnginePorts, options: ReceiveOptions): Promise<TransferResult> {
  const { code, onEvent } = options;
  const review = new Review(options);
  return runSessions<ReceiverStart>({
    start: typeof code === 'string' ? { by: 'code', code: parseCode(code) } : { by: 'secret', ...code },
    run: (start) => new ReceiverRun(ports, options, start, review).run(),
    onEvent,
  });
}
