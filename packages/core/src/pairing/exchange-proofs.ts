// Two devices prove their keys to each other on one connection, as SIGMA does with both identities: nothing that either signs is
// of use on another connection, to a third device, or said back. docs/PROTOCOL.md section 20.
import { type Bytes, concat, equalBytes, u32, utf8 } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import { type DeviceKey, isSigned, PUBLIC_KEY_BYTES, signParts } from '../identity/device-signature.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import type { Role } from '../ports/rendezvous.ts';
import { hearDevice, sayDevice } from './device-record.ts';

/** How long the other device may take for what needs no person. */
const DEADLINE_MS = 30_000;

/** What a proof names. */
export interface ProofOptions {
  /** In the handshake. The sender is the initiator. */
  role: Role;
  key: DeviceKey;
  /** Of the connection's handshake, 32 bytes. */
  binding: Bytes;
  groupId: Bytes;
  /** Of the room in which the two agreed to meet. */
  epoch: number;
  /** Key of the device that is meant. */
  peer: Bytes;
}

/**
 * Says this device's proof and checks the other one's, before anything else of it is looked at.
 * @throws TransferError `authentication-failed`; those of `hearDevice`
 */
export async function exchangeProofs(connection: SealedConnection, options: ProofOptions): Promise<void> {
  const { role, key, binding, groupId, epoch, peer } = options;
  // Whoever would have this device talk to itself.
  if (equalBytes(peer, key.publicKey)) throw new TransferError('authentication-failed');
  const parts = (end: Role, own: Bytes, other: Bytes) => [
    groupId,
    u32(epoch),
    utf8(proverOf(end)),
    binding,
    own,
    other,
  ];
  const signature = await signParts(key, 'device proof', parts(role, key.publicKey, peer));
  await sayDevice(connection, 'proof', concat(key.publicKey, signature));
  const theirs = await hearDevice(connection, 'proof');
  const claimed = theirs.slice(0, PUBLIC_KEY_BYTES);
  const proof = theirs.subarray(PUBLIC_KEY_BYTES);
  const expected = parts(oppositeOf(role), peer, key.publicKey);
  if (!equalBytes(claimed, peer) || !isSigned(peer, proof, 'device proof', expected)) {
    throw new TransferError('authentication-failed');
  }
}

/** What an end is called in a proof. */
export function proverOf(role: Role): 'initiator' | 'responder' {
  return role === 'sender' ? 'initiator' : 'responder';
}

/** The role of the other end. */
export function oppositeOf(role: Role): Role {
  return role === 'sender' ? 'receiver' : 'sender';
}

/** Runs what needs no person; a connection on which it takes too long is dropped. */
export async function inTime<T>(clock: Clock, connection: SealedConnection, task: Promise<T>): Promise<T> {
  const stop = clock.after(DEADLINE_MS, () => connection.terminate());
  try {
    return await task;
  } finally {
    stop();
  }
}
