// A session between devices of one group: the handshake with what two cards have in common, proofs of both devices, and the group
// brought up to date. Then an ordinary transfer goes on. docs/PROTOCOL.md section 20.
import { deriveProofBinding } from '../crypto/derive-keys.ts';
import { encodeBase64url } from '../foundation/base64url.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { OwnGroup, Taken } from '../group/own-group.ts';
import type { DeviceKey } from '../identity/device-signature.ts';
import { firstSession, type MetSession } from '../link/met-session.ts';
import { secureChannel } from '../link/secure-channel.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { Role } from '../ports/rendezvous.ts';
import { exchangeProofs, inTime } from './exchange-proofs.ts';
import { syncGroup } from './sync-group.ts';

/** Whom to meet, and how. */
export interface DeviceSessionOptions {
  /** Who asked for a `send` or `sync`, or was asked for a `get`, is the sender. */
  role: Role;
  /** Under which the two met, 32 bytes. */
  rendezvousKey: Bytes;
  /** `PairChannel.deriveSessionSecret` of that key. */
  prs: Bytes;
  key: DeviceKey;
  group: OwnGroup;
  /** Of the room in which the two agreed to meet. */
  epoch: number;
  /** Key of the device that is meant. */
  peer: Bytes;
  /** Most lanes this end wants. */
  lanes: number;
  features?: readonly string[];
  /** Keeps the group, which may have changed: nothing else follows before it resolves. */
  keep(group: OwnGroup, taken: Taken): Promise<void>;
}

/** Two devices that have proved themselves. */
export interface DeviceSession {
  met: MetSession;
  taken: Taken;
}

/**
 * Meets a device on a channel. After an error the channel is to be closed by the caller.
 * @throws TransferError those of `secureChannel`; `authentication-failed` where the other end isn't the device that is meant;
 * `not-in-group` where it wasn't a member at that epoch
 */
export async function meetDevice(
  channel: Channel,
  options: DeviceSessionOptions,
  ports: { clock: Clock; bulk: BulkCrypto },
): Promise<DeviceSession> {
  const { role, rendezvousKey, prs, key, group, epoch, peer, lanes, features, keep } = options;
  if (!group.chain.wasMember(peer, epoch)) throw new TransferError('not-in-group');
  const inputs = { role, purpose: 'device', key: encodeBase64url(rendezvousKey), prs, lanes } as const;
  const secured = await secureChannel(channel, { ...inputs, ...(features && { features }) }, ports);
  const { connection, sessionKey } = secured;
  const binding = await deriveProofBinding(sessionKey);
  const { groupId } = group.chain;
  const { clock } = ports;
  await inTime(clock, connection, exchangeProofs(connection, { role, key, binding, groupId, epoch, peer }));
  const taken = await inTime(clock, connection, syncGroup(connection, group, peer, clock));
  await keep(group, taken);
  return { met: { ...(await firstSession(connection, sessionKey)), verifier: null }, taken };
}

/**
 * Whether a transfer may go on in a session that was agreed on at an epoch: by now a member may have been removed.
 * @throws TransferError `not-in-group`
 */
export function expectBothMembers(group: OwnGroup, peer: Bytes, epoch: number): void {
  const { chain } = group;
  const isPresent = epoch === chain.epoch && !group.isOut && chain.member(peer) !== null;
  if (!isPresent) throw new TransferError('not-in-group');
}
