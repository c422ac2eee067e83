// Meets the other end on a lane: pairing, handshake, keys. For every lane but the first meeting's, both sides derive
// pairing key and password from the transfer secret. docs/PROTOCOL.md section 7.
import { deriveLanePairingKey, deriveLaneSecret } from '../crypto/derive-keys.ts';
import { encodeBase64url } from '../foundation/base64url.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { RelaySocket } from '../ports/relay-socket.ts';
import type { Role } from '../relay-protocol/messages.ts';
import { type Handshake, type HandshakeInputs, shakeHands } from './handshake.ts';
import { announce, awaitReady, type RelayAccess } from './meet-relay.ts';
import { SealedLane } from './sealed-lane.ts';

/** How long the other end may take for the handshake. */
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
    const { sessionKey } = await shakeHandsInTime(access.clock, socket, {
      role,
      purpose: `lane ${lane}`,
      prs,
      lanes: 1,
    });
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

/** `shakeHands` with a deadline; who falls silent counts as gone. */
export async function shakeHandsInTime(
  clock: Clock,
  socket: RelaySocket,
  inputs: HandshakeInputs,
): Promise<Handshake> {
  const stop = clock.after(HANDSHAKE_DEADLINE_MS, () => socket.terminate());
  try {
    return await shakeHands(socket, inputs);
  } finally {
    stop();
  }
}
