// Receives files: as many sessions as it takes until every accepted one is verified and durable.

import type { TransferResult } from '../api/events.ts';
import type { EnginePorts, ReceiveOptions } from '../api/options.ts';
import { TransferError } from '../foundation/errors.ts';
import { Review } from '../offer/review.ts';
import { parseCode } from '../wire/code.ts';
import { MAX_AGAIN } from '../wire/limits.ts';
import { ReceiverRun } from './receiver-run.ts';
import { runSessions } from './run-sessions.ts';
import { directWays, type ReceiverStart } from './session.ts';

/**
 * Joins a sender by code, has its offer reviewed, receives it, and resolves when every accepted file is verified and
 * durable.
 * @throws TransferError any
 */
export async function receiveFiles(ports: EnginePorts, options: ReceiveOptions): Promise<TransferResult> {
  const { code, onEvent } = options;
  const review = new Review(options);
  let again = 0;
  const direct = directWays(ports, 'receiver', options.path);
  return runSessions<ReceiverStart>({
    start: typeof code === 'string' ? { by: 'code', code: parseCode(code) } : { by: 'secret', ...code },
    run: (start) => new ReceiverRun(ports, options, start, { review, direct }).run(),
    onEvent,
    async onAgain() {
      again += 1;
      if (again > MAX_AGAIN) throw new TransferError('limit-exceeded');
    },
  }).finally(() => direct?.close());
}
