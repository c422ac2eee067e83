// Two members bring each other's view of the group up to date, in a session with proofs: the chain, then secrets that the other
// one may have. docs/PROTOCOL.md section 20.

import { nextTurn } from '../async/pace.ts';
import { type Bytes, concat, u32, viewOf } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { Chain } from '../group/chain.ts';
import type { EpochSecret } from '../group/group-note.ts';
import { mergeChains } from '../group/merge-chains.ts';
import type { OwnGroup, Taken } from '../group/own-group.ts';
import { HASH_BYTES } from '../group/statement.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import { violation } from '../wire/fields.ts';
import { MAX_OLD_ROOMS } from '../wire/limits.ts';
import { hearDevice, sayDevice } from './device-record.ts';

const ROW_BYTES = 4 + HASH_BYTES;

/**
 * Says and hears. The group is changed once all of it is there.
 * @param peer key of a device that was a member at the epoch of the room, and has proved itself
 * @throws TransferError those of `hearDevice` and `Chain.parse`
 */
export async function syncGroup(
  connection: SealedConnection,
  group: OwnGroup,
  peer: Bytes,
  clock: Clock,
): Promise<Taken> {
  const isMember = group.chain.member(peer) !== null;
  // Who was removed learns so, and nothing of what came later.
  await sayDevice(
    connection,
    'chain',
    isMember ? group.chain.encode() : group.chain.encodeUntilRemoved(peer),
  );
  const told = await hearDevice(connection, 'chain');
  const theirs = told.length === 0 ? null : await Chain.parse(told, group.chain, () => nextTurn(clock));
  await sayDevice(connection, 'secrets', encodeSecrets(secretsToTell(group, theirs, peer)));
  const secrets = parseSecrets(await hearDevice(connection, 'secrets'));
  if (theirs === null) return { kind: 'withheld', removed: [] };
  const { epoch: firstEpoch } = group.chain;
  const taken = group.take(theirs);
  // Those that aren't this group's are dropped, and those of rooms that this device has left.
  for (const secret of secrets) if (secret.epoch >= firstEpoch) group.takeSecret(secret);
  return taken;
}

/** Of what the other one's chain has come to, by the newer of the two chains; none while they differ. */
function secretsToTell(group: OwnGroup, theirs: Chain | null, peer: Bytes): EpochSecret[] {
  if (theirs === null) return [];
  const merged = mergeChains(group.chain, theirs);
  if (merged.kind === 'newer') return group.secretsFor(peer, theirs.epoch, merged.chain);
  return merged.kind === 'known' ? group.secretsFor(peer, theirs.epoch, group.chain) : [];
}

/** The body of a `secrets` record: rows of `u32` epoch ‖ secret. */
export function encodeSecrets(secrets: readonly EpochSecret[]): Bytes {
  return concat(...secrets.flatMap(({ epoch, secret }) => [u32(epoch), secret]));
}

/** @throws TransferError `protocol-violation` */
export function parseSecrets(body: Bytes): EpochSecret[] {
  const count = body.length / ROW_BYTES;
  if (!Number.isInteger(count) || count > MAX_OLD_ROOMS + 1) throw violation('a list of secrets is not one');
  return Array.from({ length: count }, (_, i) => {
    const row = body.slice(i * ROW_BYTES, (i + 1) * ROW_BYTES);
    return { epoch: viewOf(row).getUint32(0), secret: row.slice(4) };
  });
}
