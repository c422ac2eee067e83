// Meets the other end of a transfer whose session this end has lost. docs/PROTOCOL.md section 12.
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Role } from '../relay-protocol/messages.ts';
import { Backoff } from './backoff.ts';
import { connectLane } from './connect-lane.ts';
import { exchangeRejoin } from './exchange-rejoin.ts';
import type { RelayAccess } from './meet-relay.ts';
import type { SealedLane } from './sealed-lane.ts';

/**
 * Seeks the other end on lane 0 for `patienceMs`; the connection is the first of a new session.
 * Errors: `interrupted`; the last reason, when patience is at its end.
 */
export async function meetAnew(
  access: RelayAccess,
  role: Role,
  transferSecret: Bytes,
  patienceMs: number,
): Promise<SealedLane> {
  const { clock, signal } = access;
  const backoff = new Backoff();
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  signal.addEventListener('abort', abort, { once: true });
  const cancelDeadline = clock.after(patienceMs, abort);
  let last = new TransferError('peer-gone');
  try {
    while (!giveUp.signal.aborted) {
      try {
        const lane = await connectLane({ ...access, signal: giveUp.signal }, role, transferSecret, 0);
        await exchangeRejoin(lane, { session: null, heard: 0 }, clock);
        return lane;
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        if (error.code !== 'interrupted') last = error;
      }
      await pause(backoff.next(), clock, giveUp.signal);
    }
    throw signal.aborted ? new TransferError('interrupted') : last;
  } finally {
    cancelDeadline();
    signal.removeEventListener('abort', abort);
  }
}

/** Resolves after `delayMs`, or when the signal is aborted. */
export function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
  });
}
