// Meets the other end on a lane: rendezvous, handshake, keys. For every lane but the first meeting's, both sides derive
// pairing key and password from the transfer secret. docs/PROTOCOL.md section 7.
import { deriveLanePairingKey, deriveLaneSecret } from '../crypto/derive-keys.ts';
import { encodeBase64url } from '../foundation/base64url.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { Rendezvous, Role } from '../ports/rendezvous.ts';
import { shakeHands } from './handshake.ts';
import { SealedConnection } from './sealed-connection.ts';

/** How long the other end may take for the handshake, or for one of the two parts of it. */
const HANDSHAKE_DEADLINE_MS = 30_000;

/** All that it takes to meet the other end. */
export interface MeetingAccess {
  rendezvous: Rendezvous;
  clock: Clock;
  bulk: BulkCrypto;
  /** Aborting ends every meeting that is under way. */
  signal: AbortSignal;
}

/** Errors: those of `Rendezvous.meet` and `shakeHands`. */
export async function connectLane(
  access: MeetingAccess,
  role: Role,
  transferSecret: Bytes,
  lane: number,
): Promise<SealedConnection> {
  const key = encodeBase64url(await deriveLanePairingKey(transferSecret, lane));
  const prs = await deriveLaneSecret(transferSecret, lane);
  const channel = await access.rendezvous.meet(key, role, access.signal);
  const giveUp = () => channel.terminate();
  access.signal.addEventListener('abort', giveUp, { once: true });
  if (access.signal.aborted) giveUp();
  try {
    const inputs = { role, purpose: `lane ${lane}`, key, prs, lanes: 1 };
    const { sessionKey } = await inTime(access.clock, channel, shakeHands(channel, inputs));
    const sealed = await SealedConnection.create(channel, role, sessionKey, access.bulk);
    // The transfer may have ended meanwhile; nobody would close this lane.
    if (access.signal.aborted) throw new TransferError('interrupted');
    return sealed;
  } catch (error) {
    channel.terminate();
    throw error;
  } finally {
    access.signal.removeEventListener('abort', giveUp);
  }
}

/** A part of a handshake with a deadline; who falls silent counts as gone. */
export async function inTime<T>(clock: Clock, channel: Channel, part: Promise<T>): Promise<T> {
  const stop = clock.after(HANDSHAKE_DEADLINE_MS, () => channel.terminate());
  try {
    return await part;
  } finally {
    stop();
  }
}
