// Meets the other end on a lane: pairing, handshake, keys. For every lane but the first meeting's, both sides derive
// pairing key and password from the transfer secret. docs/PROTOCOL.md section 7.
import { deriveLanePairingKey, deriveLaneSecret } from '../crypto/derive-keys.ts';
import { encodeBase64url } from '../foundation/base64url.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { RelaySocket } from '../ports/relay-socket.ts';
import { announce, awaitReady, type RelayAccess } from '../relay-client/meet-relay.ts';
import type { Role } from '../relay-protocol/messages.ts';
import { shakeHands } from './handshake.ts';
import { SealedLane } from './sealed-lane.ts';

/** How long the other end may take for the handshake, or for one of the two parts of it. */
const HANDSHAKE_DEADLINE_MS = 30_000;

/** Errors: those of `announce`, `awaitReady` and `shakeHands`. */
export async function connectLane(
  access: RelayAccess,
  role: Role,
  transferSecret: Bytes,
  lane: number,
): Promise<SealedLane> {
  const key = encodeBase64url(await deriveLanePairingKey(transferSecret, lane));
  const prs = await deriveLaneSecret(transferSecret, lane);
  const socket = await announce(access, { type: 'hello', role, key, token: null });
  const giveUp = () => socket.terminate();
  access.signal.addEventListener('abort', giveUp, { once: true });
  try {
    await awaitReady(socket);
    const inputs = { role, purpose: `lane ${lane}`, key, prs, lanes: 1 };
    const { sessionKey } = await inTime(access.clock, socket, shakeHands(socket, inputs));
    const sealed = await SealedLane.create(socket, role, sessionKey, access.bulk);
    // The transfer may have ended meanwhile; nobody would close this lane.
    if (access.signal.aborted) throw new TransferError('interrupted');
    return sealed;
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    access.signal.removeEventListener('abort', giveUp);
  }
}

/** A part of a handshake with a deadline; who falls silent counts as gone. */
export async function inTime<T>(clock: Clock, socket: RelaySocket, part: Promise<T>): Promise<T> {
  const stop = clock.after(HANDSHAKE_DEADLINE_MS, () => socket.terminate());
  try {
    return await part;
  } finally {
    stop();
  }
}
