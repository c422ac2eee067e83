// Meets the other end of a transfer whose session this end has lost. docs/PROTOCOL.md section 12.

import { Backoff } from '../async/backoff.ts';
import { seek } from '../async/seek.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Role } from '../ports/rendezvous.ts';
import { connectLane, type MeetingAccess } from './connect-lane.ts';
import { exchangeResume } from './exchange-resume.ts';
import type { SealedConnection } from './sealed-connection.ts';

/**
 * Seeks the other end on lane 0 for `reconnectTimeoutMs`; the connection is the first of a new session.
 * Errors: `interrupted`; the last reason, when the reconnect timeout is over.
 */
export function meetAnew(
  access: MeetingAccess,
  role: Role,
  transferSecret: Bytes,
  reconnectTimeoutMs: number,
): Promise<SealedConnection> {
  const { clock, signal } = access;
  const attempt = async (untilGivenUp: AbortSignal) => {
    const lane = await connectLane({ ...access, signal: untilGivenUp }, role, transferSecret, 0);
    await exchangeResume(lane, { session: null, received: 0 }, clock);
    return lane;
  };
  const backoff = new Backoff();
  return seek(attempt, new TransferError('peer-gone'), { clock, backoff, reconnectTimeoutMs, signal });
}
