// Seeks a meeting by code for as long as waiting may help, with the news of what is missing. docs/PROTOCOL.md section 4.

import { Backoff } from '../async/backoff.ts';
import { type Attempt, seek } from '../async/seek.ts';
import { TransferError } from '../foundation/errors.ts';
import type { MeetingAccess } from '../link/meet-at-relay.ts';
import type { OutageNews } from '../link/outage.ts';

/** How a meeting is sought. */
export interface SeekMeetingOptions {
  /** In ms. 0: the first attempt is the only one. */
  reconnectTimeoutMs: number;
  news: OutageNews;
  /** Whether another attempt may succeed where this error was. */
  mayPass(error: TransferError): boolean;
}

/**
 * What `attempt` resolves with, sooner or later.
 * @param lost why a meeting that there was is over; null where none has begun
 * @throws TransferError those of `seek`
 */
export async function seekMeeting<T>(
  attempt: (how: Pick<Attempt, 'signal' | 'blame'>) => Promise<T>,
  { clock, signal }: MeetingAccess,
  { reconnectTimeoutMs, news, mayPass }: SeekMeetingOptions,
  lost: TransferError | null = null,
): Promise<T> {
  if (reconnectTimeoutMs === 0) {
    if (lost !== null) throw lost;
    return attempt({ signal, blame: () => {} });
  }
  if (lost !== null) news.begin(lost);
  const met = await seek(attempt, lost ?? new TransferError('relay-unreachable'), {
    clock,
    backoff: new Backoff(),
    reconnectTimeoutMs,
    signal,
    isFinal: (error) => error.code !== 'interrupted' && !mayPass(error),
    onFailed: (error) => news.begin(error),
  });
  news.end();
  return met;
}

/**
 * Whether a relay that couldn't be reached, or whose answer was lost with the connection, may be reached later. A name that doesn't
 * exist, and a certificate that isn’t trusted, stay.
 */
export function mayBeReachedLater({ code, retryable }: TransferError): boolean {
  return code === 'connection-lost' || (code === 'relay-unreachable' && retryable);
}
