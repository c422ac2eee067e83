// Meets the other end of a transfer on lane 0 outside of a session's lanes: for a new session, or for a first one whose connection was
// lost before it began. docs/PROTOCOL.md section 12.

import { Backoff } from '../async/backoff.ts';
import { type Attempt, seek } from '../async/seek.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Role } from '../ports/rendezvous.ts';
import { violation } from '../wire/fields.ts';
import { exchangeResume } from './exchange-resume.ts';
import type { MeetingAccess } from './meet-at-relay.ts';
import { meetByWays } from './meet-by-ways.ts';
import { OutageNews } from './outage.ts';
import type { SealedConnection } from './sealed-connection.ts';

/** A sender nominates the first connection; a receiver has taken none. */
const FIRST_GENERATION: { [R in Role]: number } = { sender: 1, receiver: 0 };

/**
 * Seeks the other end on lane 0 for `reconnectTimeoutMs`.
 * @param session the one that the other end has to be in, and has received nothing of; null to begin another
 * @param news hears what is missing meanwhile
 * @throws TransferError `interrupted`; the last reason, when the reconnect timeout is over
 */
export function meetAnew(
  access: MeetingAccess,
  role: Role,
  transferSecret: Bytes,
  reconnectTimeoutMs: number,
  session: Bytes | null = null,
  news = new OutageNews(access.clock, reconnectTimeoutMs, () => {}),
): Promise<SealedConnection> {
  const { clock, signal } = access;
  const attempt = async ({ signal: untilGivenUp, blame, failed }: Attempt) => {
    const { connection, theirs } = await meetByWays(
      { ...access, signal: untilGivenUp },
      {
        role,
        transferSecret,
        lane: 0,
        direct: null,
        directAfterMs: 0,
        relayAfterMs: 0,
        onWaiting: () => news.reached(blame),
        failed,
        join: (lane) =>
          exchangeResume(
            lane,
            role,
            () => ({ session, received: 0, generation: FIRST_GENERATION[role] }),
            clock,
          ),
      },
    );
    const isExpected =
      session === null ||
      (theirs.received === 0 && theirs.session !== null && equalBytes(theirs.session, session));
    if (isExpected) return connection;
    connection.terminate();
    throw violation('another session before the first has begun');
  };
  const backoff = new Backoff();
  const onFailed = (error: TransferError) => news.begin(error);
  return seek(attempt, new TransferError('peer-gone'), {
    clock,
    backoff,
    reconnectTimeoutMs,
    signal,
    onFailed,
  });
}
