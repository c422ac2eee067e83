// Receives files: as many sessions as it takes until every accepted one is verified and durable.

import type { TransferResult } from '../api/events.ts';
import type { EnginePorts, ReceiveOptions } from '../api/options.ts';
import type { DirectWays } from '../direct/direct-ways.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { MetSession } from '../link/met-session.ts';
import { Review } from '../offer/review.ts';
import { parseCode } from '../wire/code.ts';
import { MAX_AGAIN } from '../wire/limits.ts';
import { ReceiverRun } from './receiver-run.ts';
import { runSessions } from './run-sessions.ts';
import { connectionStart, directWays, type ReceiverStart } from './session.ts';

/**
 * Joins a sender by code, has its offer reviewed, receives it, and resolves when every accepted file is verified and
 * durable.
 * @throws TransferError any
 */
export async function receiveFiles(ports: EnginePorts, options: ReceiveOptions): Promise<TransferResult> {
  const { code } = options;
  const start =
    typeof code === 'string' ? ({ by: 'code', code: parseCode(code) } as const) : secretStart(code);
  const direct = directWays(ports, 'receiver', options.path);
  try {
    return await receiveFrom(start, ports, options, direct);
  } finally {
    direct?.close();
  }
}

/**
 * Receives what a device of one's own group sends in a session with it, as `receiveFiles` does.
 * @param meet meets the device: the features are those of this end, for the handshake; the session belongs to the transfer
 * @throws TransferError any
 */
export async function receiveFromDevice(
  ports: EnginePorts,
  options: Omit<ReceiveOptions, 'code'>,
  meet: (features: readonly string[]) => Promise<MetSession>,
): Promise<TransferResult> {
  const direct = directWays(ports, 'receiver', options.path);
  try {
    const start = await connectionStart(meet, { direct, hasLinks: options.makesLinks ?? false });
    const { transferSecret } = start;
    await options.onResumable?.(transferSecret, false);
    return await receiveFrom(start, ports, { ...options, code: { transferSecret } }, direct);
  } finally {
    direct?.close();
  }
}

function secretStart({ transferSecret }: { transferSecret: Bytes }): ReceiverStart {
  return { by: 'secret', transferSecret };
}

function receiveFrom(
  start: ReceiverStart,
  ports: EnginePorts,
  options: ReceiveOptions,
  direct: DirectWays | null,
): Promise<TransferResult> {
  const { onEvent } = options;
  const review = new Review(options);
  let again = 0;
  return runSessions<ReceiverStart>({
    start,
    run: (next) => new ReceiverRun(ports, options, next, { review, direct }).run(),
    onEvent,
    async onAgain() {
      again += 1;
      if (again > MAX_AGAIN) throw new TransferError('limit-exceeded');
    },
  });
}
