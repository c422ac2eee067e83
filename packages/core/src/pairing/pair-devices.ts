// Pairing, once both ends hold the key of a code: hello, proofs, both people confirm the words, then the chain and the secret.
// Nothing is kept before that. docs/PROTOCOL.md section 20.
import { nextTurn } from '../async/pace.ts';
import { type Bytes, equalBytes, utf8 } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import { Chain } from '../group/chain.ts';
import { OwnGroup, type Taken } from '../group/own-group.ts';
import { type DeviceKey, isSigned, signParts } from '../identity/device-signature.ts';
import type { FirstSession } from '../link/met-session.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import type { Role } from '../ports/rendezvous.ts';
import { violation } from '../wire/fields.ts';
import { hearDevice, refuseDevice, sayDevice } from './device-record.ts';
import { inTime, oppositeOf, proverOf } from './exchange-proofs.ts';
import { encodeHello, type Hello, parseHello, partOf } from './hello.ts';
import { encodeSecrets, parseSecrets, syncGroup } from './sync-group.ts';

/** What the person sees, to confirm it. */
export interface PairQuestion {
  /** Four words, to be compared with those of the other device. */
  words: readonly string[];
  /** As it says of itself. A `full` one may add and remove others once it is paired: the person is to see that, and the kind. */
  peer: Hello;
}

/** What a person says. */
export interface PairAnswer {
  /** Whether the other device shows the same words. */
  isSame: boolean;
  /** The name under which the other device is kept. Default its own. */
  name?: string;
}

/** What one device brings to a pairing. */
export interface PairingOptions {
  role: Role;
  key: DeviceKey;
  own: Omit<Hello, 'publicKey' | 'groupId'>;
  /** Null where this device has none. */
  group: OwnGroup | null;
  clock: Clock;
  /** Asks the person. @param signal aborted when the other device has gone or said no */
  confirm(question: PairQuestion, signal: AbortSignal): Promise<PairAnswer>;
  /** Keeps the group. The other device hears of it only once the promise resolves. */
  keep(group: OwnGroup): Promise<void>;
}

/** Two devices that are of one group now. */
export interface Paired {
  group: OwnGroup;
  peer: Hello;
}

/**
 * Pairs with the device at the other end of a meeting by code. The connection is closed at the end.
 * @throws TransferError `pair-same-device`, `pair-two-groups`, `pair-needs-full`, `pair-words-differ`; `not-in-group` where one
 * of the two was removed, and keeps its group as it is; `declined` when the other person says that words differ;
 * `authentication-failed`, `limit-exceeded`, `protocol-violation`; those that the end of a connection means
 */
export async function pairDevices(met: FirstSession, options: PairingOptions): Promise<Paired> {
  const { connection } = met;
  try {
    const paired = await pair(met, options);
    await connection.close();
    return paired;
  } catch (error) {
    const { code } = error instanceof TransferError ? error : { code: 'cancelled' as const };
    if (code === 'pair-words-differ') await refuseDevice(connection, 'declined');
    if (code === 'cancelled' || code === 'interrupted') await refuseDevice(connection, 'cancelled');
    await connection.close();
    throw error;
  }
}

async function pair(
  { connection, verifier, binding }: FirstSession,
  options: PairingOptions,
): Promise<Paired> {
  const { role, key, own, group, clock } = options;
  const member = group?.chain.member(key.publicKey);
  if (member === null) throw new TransferError('not-in-group');
  const { deviceClass } = member ?? own;
  const groupId = group?.chain.groupId ?? null;
  const hello: Hello = { ...own, publicKey: key.publicKey, groupId, deviceClass };
  const peer = await inTime(clock, connection, exchangeHellos(connection, hello, role, key, binding));
  const part = partOf(hello, peer, role);
  const name = await confirmBoth(connection, { words: verifier, peer }, options.confirm);
  switch (part) {
    case 'adder':
      return { peer, group: await inTime(clock, connection, addPeer(connection, peer, name, options)) };
    case 'joiner':
      return {
        peer,
        group: await inTime(clock, connection, joinPeer(connection, hello, peer, name, options)),
      };
    case 'same-group': {
      const taken = await inTime(clock, connection, syncGroup(connection, group!, peer.publicKey, clock));
      await expectMembers(group!, peer, taken, options);
      return { peer, group: await keepPaired(group!, peer, name, options) };
    }
  }
}

/** One of the two may have been removed, and has just learned so: then it pairs as a device without a group. */
async function expectMembers(
  group: OwnGroup,
  { publicKey }: Hello,
  { kind }: Taken,
  { keep }: PairingOptions,
): Promise<void> {
  if (kind !== 'withheld' && !group.isOut && group.chain.member(publicKey) !== null) return;
  await keep(group);
  throw new TransferError('not-in-group');
}

/** Neither signature is of use anywhere else: each names this connection, its end of it, and all that both said. */
async function exchangeHellos(
  connection: SealedConnection,
  hello: Hello,
  role: Role,
  key: DeviceKey,
  binding: Bytes,
): Promise<Hello> {
  const own = encodeHello(hello);
  await sayDevice(connection, 'hello', own);
  const theirs = await hearDevice(connection, 'hello');
  const peer = parseHello(theirs);
  if (equalBytes(peer.publicKey, key.publicKey)) throw new TransferError('pair-same-device');
  const said = [utf8(proverOf(role)), binding, own, theirs];
  await sayDevice(connection, 'pair proof', await signParts(key, 'pair proof', said));
  const proof = await hearDevice(connection, 'pair proof');
  const expected = [utf8(proverOf(oppositeOf(role))), binding, theirs, own];
  if (!isSigned(peer.publicKey, proof, 'pair proof', expected))
    throw new TransferError('authentication-failed');
  return peer;
}

/** Both people, each at their own pace; who leaves ends the other's question. @returns the name for the other device */
async function confirmBoth(
  connection: SealedConnection,
  question: PairQuestion,
  confirm: PairingOptions['confirm'],
): Promise<string> {
  const leaving = new AbortController();
  const theirs = hearDevice(connection, 'confirmed').then((body) => {
    if (body[0] !== 1) throw violation('a confirmation is none');
  });
  const gone = new Promise<never>((_resolve, reject) => theirs.catch(reject));
  try {
    const { isSame, name = question.peer.name } = await Promise.race([
      confirm(question, leaving.signal),
      gone,
    ]);
    if (!isSame) throw new TransferError('pair-words-differ');
    await sayDevice(connection, 'confirmed', Uint8Array.of(1));
    await theirs;
    return name;
  } finally {
    leaving.abort();
  }
}

async function addPeer(
  connection: SealedConnection,
  peer: Hello,
  name: string,
  options: PairingOptions,
): Promise<OwnGroup> {
  const { key, own } = options;
  const { publicKey, deviceClass } = peer;
  const group = options.group ?? (await OwnGroup.found(key, own.name));
  const { present } = group;
  if (present === null) throw new TransferError('not-in-group');
  if (group.chain.member(publicKey) === null) await group.add(key, { publicKey, deviceClass, name });
  await keepPaired(group, peer, name, options);
  await sayDevice(connection, 'chain', group.chain.encode());
  await sayDevice(connection, 'secrets', encodeSecrets([present]));
  await hearDevice(connection, 'kept');
  return group;
}

async function joinPeer(
  connection: SealedConnection,
  hello: Hello,
  peer: Hello,
  name: string,
  options: PairingOptions,
): Promise<OwnGroup> {
  const { key, clock } = options;
  const told = await hearDevice(connection, 'chain');
  const chain = await Chain.parse(told, null, () => nextTurn(clock));
  const [secret, ...more] = parseSecrets(await hearDevice(connection, 'secrets'));
  const isWhole = equalBytes(chain.encode(), told);
  const isOfPeer = peer.groupId === null || equalBytes(peer.groupId, chain.groupId);
  const areMembers =
    chain.member(peer.publicKey)?.deviceClass === 'full' &&
    chain.member(key.publicKey)?.deviceClass === hello.deviceClass;
  if (!isWhole || !isOfPeer || !areMembers) throw violation('a chain does not have this device as it is');
  if (secret === undefined || more.length > 0 || secret.epoch !== chain.epoch) {
    throw violation('the secret of a group is missing');
  }
  if (!chain.isSecretOf(secret.epoch, secret.secret)) throw violation('the secret of a group is another one');
  const group = await keepPaired(OwnGroup.joined(key.publicKey, chain, secret), peer, name, options);
  await sayDevice(connection, 'kept', new Uint8Array(0));
  return group;
}

async function keepPaired(
  group: OwnGroup,
  peer: Hello,
  name: string,
  { keep }: PairingOptions,
): Promise<OwnGroup> {
  group.notePaired(peer.publicKey);
  if (group.chain.member(peer.publicKey) !== null && group.nameOf(peer.publicKey) !== name) {
    group.rename(peer.publicKey, name);
  }
  await keep(group);
  return group;
}
