// Meets the other end at a relay under a key that both ends derive from the transfer secret. docs/PROTOCOL.md section 12.

import { withTimeLimit } from '../async/time-limit.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { Rendezvous, Role } from '../ports/rendezvous.ts';
import { MEET_WAIT_MS } from '../wire/limits.ts';

/** All that it takes to meet the other end. */
export interface MeetingAccess {
  rendezvous: Rendezvous;
  clock: Clock;
  bulk: BulkCrypto;
  /** Of this end, in every handshake. */
  features: readonly string[];
  /** Aborting ends every meeting that is under way. */
  signal: AbortSignal;
}

/**
 * Meets the other end at a relay. Dials anew after each MEET_WAIT_MS: behind one address there may be several relays, and the other
 * end may wait at another one.
 * @param onWaiting called when a relay is reached, and only the other end is missing
 * @throws TransferError those of `Rendezvous.meet`
 */
export async function meetAtRelay(
  { rendezvous, clock, signal }: Pick<MeetingAccess, 'rendezvous' | 'clock' | 'signal'>,
  key: string,
  role: Role,
  onWaiting: () => void,
): Promise<Channel> {
  for (;;) {
    let isOver = () => false;
    const meet = (until: AbortSignal) => {
      isOver = () => until.aborted;
      return rendezvous.meet(key, role, until, onWaiting);
    };
    try {
      return await withTimeLimit(meet, { clock, signal, limitMs: MEET_WAIT_MS });
    } catch (error) {
      if (!isOver() || signal.aborted) throw error;
    }
  }
}
