// Meets the other end on a lane: rendezvous, handshake, keys. For every lane but the first meeting's, both sides derive
// pairing key and password from the transfer secret. docs/PROTOCOL.md section 7.

import { withTimeLimit } from '../async/time-limit.ts';
import { deriveLanePairingKey, deriveLaneSecret } from '../crypto/derive-keys.ts';
import { encodeBase64url } from '../foundation/base64url.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { Rendezvous, Role } from '../ports/rendezvous.ts';
import { MEET_WAIT_MS } from '../wire/limits.ts';
import type { SealedConnection } from './sealed-connection.ts';
import { secureChannel } from './secure-channel.ts';

/** All that it takes to meet the other end. */
export interface MeetingAccess {
  rendezvous: Rendezvous;
  clock: Clock;
  bulk: BulkCrypto;
  /** Aborting ends every meeting that is under way. */
  signal: AbortSignal;
}

/**
 * Meets the other end on a lane.
 * @param onWaiting called when a relay is reached, and only the other end is missing
 * @throws TransferError those of `Rendezvous.meet` and `secureChannel`
 */
export async function connectLane(
  access: MeetingAccess,
  role: Role,
  transferSecret: Bytes,
  lane: number,
  onWaiting: () => void = () => {},
): Promise<SealedConnection> {
  const key = encodeBase64url(await deriveLanePairingKey(transferSecret, lane));
  const prs = await deriveLaneSecret(transferSecret, lane);
  const channel = await meetInTime(access, key, role, onWaiting);
  const giveUp = () => channel.terminate();
  access.signal.addEventListener('abort', giveUp, { once: true });
  if (access.signal.aborted) giveUp();
  try {
    const inputs = { role, purpose: `lane ${lane}`, key, prs, lanes: 1 };
    const { connection } = await secureChannel(channel, inputs, access);
    // The transfer may have ended meanwhile; nobody would close this lane.
    if (access.signal.aborted) throw new TransferError('interrupted');
    return connection;
  } catch (error) {
    channel.terminate();
    throw error;
  } finally {
    access.signal.removeEventListener('abort', giveUp);
  }
}

/** Dials anew after each MEET_WAIT_MS: behind one address there may be several relays, and the other end may wait at another one. */
async function meetInTime(
  { rendezvous, clock, signal }: MeetingAccess,
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
