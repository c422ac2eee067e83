// A group's chain: which statements count, who is a member, and which epoch it is. A chain never changes; what is appended
// makes another one. docs/PROTOCOL.md section 20.
import { lengthValueCat, prependLength, splitLengthValues } from '../crypto/length-value.ts';
import { type Bytes, equalBytes, hexOf, randomBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import { type DeviceClass, isDeviceName } from '../identity/device-name.ts';
import { type DeviceKey, isPublicKey } from '../identity/device-signature.ts';
import { violation } from '../wire/fields.ts';
import { MAX_CHAIN_BYTES, MAX_CHAIN_STATEMENTS, MAX_GROUP_MEMBERS } from '../wire/limits.ts';
import {
  groupIdOf,
  HASH_BYTES,
  parseStatement,
  type Said,
  type Statement,
  secretHash,
  signStatement,
} from './statement.ts';

/** A device of a group. */
export interface Member {
  /** 32 bytes. */
  publicKey: Bytes;
  deviceClass: DeviceClass;
  /** As who added it named it. */
  name: string;
  /** Who added it; of the founder its own. */
  addedBy: Bytes;
}

type Members = ReadonlyMap<string, Member>;

/** What lasts from one removal to the next. */
interface Epoch {
  secretHash: Bytes;
  /** With whom it began, and who came in it. */
  everMembers: Members;
}

/** Statements that are verified between two pauses: a signature takes about a millisecond. */
const STATEMENTS_AT_ONCE = 4;

/** The statements of a group that count, and what follows from them. */
export class Chain {
  readonly statements: readonly Statement[];
  /** By public key in hex, after the last statement. */
  readonly members: Members;
  readonly #epochs: readonly Epoch[];

  private constructor(statements: readonly Statement[], members: Members, epochs: readonly Epoch[]) {
    this.statements = statements;
    this.members = members;
    this.#epochs = epochs;
  }

  /** A group of one. @param secret of epoch 0, 32 random bytes */
  static async found(key: DeviceKey, name: string, secret: Bytes): Promise<Chain> {
    expectName(name);
    const nonce = randomBytes(HASH_BYTES);
    const said: Said = { kind: 'found', nonce, deviceClass: 'full', name, secretHash: secretHash(secret) };
    const chain = Chain.#founded(await signStatement(key, groupIdOf(nonce, key.publicKey), 0, nonce, said));
    invariant(chain !== null, 'a group that is founded here begins with a statement that counts');
    return chain;
  }

  /**
   * A chain from the wire: what counts of it.
   * @param known a view of the same group, whose statements aren't verified again
   * @param pause lets other things happen
   * @throws TransferError `limit-exceeded`; `protocol-violation` where not even the first statement counts
   */
  static async parse(bytes: Bytes, known: Chain | null, pause: () => Promise<void>): Promise<Chain> {
    if (bytes.length > MAX_CHAIN_BYTES) throw new TransferError('limit-exceeded');
    const parts = splitLengthValues(bytes, MAX_CHAIN_STATEMENTS);
    if (parts === null || parts.length === 0) throw violation('a chain is not one');
    let chain: Chain | null = null;
    for (const [seq, part] of parts.entries()) {
      if (seq % STATEMENTS_AT_ONCE === STATEMENTS_AT_ONCE - 1) await pause();
      const before = known?.statements[seq];
      const statement =
        before !== undefined && equalBytes(before.bytes, part) ? before : parseStatement(part.slice());
      const next: Chain | null =
        statement === null ? null : chain === null ? Chain.#founded(statement) : chain.#with(statement);
      if (next === null) break;
      chain = next;
    }
    if (chain === null) throw violation('a chain does not begin with the founding of its group');
    return chain;
  }

  /** 32 bytes. */
  get groupId(): Bytes {
    return this.statements[0]!.groupId;
  }

  /** H of the last statement, 32 bytes. */
  get head(): Bytes {
    return this.statements.at(-1)!.hash;
  }

  /** Whether a statement with that hash is one of this chain. */
  has(hash: Uint8Array): boolean {
    return this.statements.some((statement) => equalBytes(statement.hash, hash));
  }

  /** Counts removals from 0. */
  get epoch(): number {
    return this.#epochs.length - 1;
  }

  /** The member with this key; null where none is. */
  member(publicKey: Uint8Array): Member | null {
    return this.members.get(hexOf(publicKey)) ?? null;
  }

  /** Whether a device was a member in an epoch, at its end or before. */
  wasMember(publicKey: Uint8Array, epoch: number): boolean {
    return this.#epochs[epoch]?.everMembers.has(hexOf(publicKey)) ?? false;
  }

  /** Whether a secret is the one of an epoch. */
  isSecretOf(epoch: number, secret: Uint8Array): boolean {
    const told = this.#epochs[epoch]?.secretHash;
    return told !== undefined && secret.length === HASH_BYTES && equalBytes(told, secretHash(secret));
  }

  /** As it goes over the wire. */
  encode(): Bytes {
    return lengthValueCat(...this.statements.map(({ bytes }) => bytes));
  }

  /** As it goes to a device that was removed: up to the last statement about it. Nothing for one that never was a member. */
  encodeUntilRemoved(publicKey: Uint8Array): Bytes {
    const last = this.statements.findLastIndex(
      ({ said }) => said.kind === 'remove' && equalBytes(said.publicKey, publicKey),
    );
    return lengthValueCat(...this.statements.slice(0, last + 1).map(({ bytes }) => bytes));
  }

  /**
   * The chain with another member, signed by `key`.
   * @throws TransferError `limit-exceeded` when the group or its chain is full
   */
  add(key: DeviceKey, member: Pick<Member, 'publicKey' | 'deviceClass' | 'name'>): Promise<Chain> {
    expectName(member.name);
    const { publicKey, deviceClass, name } = member;
    return this.#signed(key, { kind: 'add', publicKey, deviceClass, name });
  }

  /**
   * The chain without a member, in a new epoch, signed by `key`.
   * @param secret of the new epoch, 32 random bytes
   * @throws TransferError `limit-exceeded` when the chain is full
   */
  remove(key: DeviceKey, publicKey: Bytes, secret: Bytes): Promise<Chain> {
    const remaining = keysWithout(this.members, publicKey);
    const said = { publicKey, epoch: this.epoch + 1, remaining, secretHash: secretHash(secret) };
    return this.#signed(key, { kind: 'remove', ...said });
  }

  async #signed(key: DeviceKey, said: Said): Promise<Chain> {
    const isOverfull = said.kind === 'add' && this.members.size >= MAX_GROUP_MEMBERS;
    if (isOverfull || this.statements.length >= MAX_CHAIN_STATEMENTS)
      throw new TransferError('limit-exceeded');
    const statement = await signStatement(key, this.groupId, this.statements.length, this.head, said);
    const bytes = this.encode().length + prependLength(statement.bytes).length;
    if (bytes > MAX_CHAIN_BYTES) throw new TransferError('limit-exceeded');
    const next = this.#with(statement);
    invariant(next !== null, 'a statement that this end makes counts');
    return next;
  }

  /** The chain with a statement; null where that one doesn't count. */
  #with(statement: Statement): Chain | null {
    const { groupId, seq, previous, signer, said } = statement;
    if (!equalBytes(groupId, this.groupId) || seq !== this.statements.length) return null;
    if (!equalBytes(previous, this.head) || said.kind === 'found') return null;
    if (this.member(signer)?.deviceClass !== 'full') return null;
    const next = said.kind === 'add' ? this.#withAdded(said, signer) : this.#withRemoved(said, signer);
    return next === null ? null : new Chain([...this.statements, statement], next.members, next.epochs);
  }

  #withAdded({ publicKey, deviceClass, name }: Said & { kind: 'add' }, signer: Bytes) {
    if (this.member(publicKey) !== null || this.members.size >= MAX_GROUP_MEMBERS) return null;
    if (!isPublicKey(publicKey)) return null;
    const member: Member = { publicKey, deviceClass, name, addedBy: signer };
    const { secretHash: told, everMembers } = this.#epochs.at(-1)!;
    const present = { secretHash: told, everMembers: withMember(everMembers, member) };
    return {
      members: withMember(this.members, member),
      epochs: [...this.#epochs.slice(0, -1), present],
    };
  }

  #withRemoved(said: Said & { kind: 'remove' }, signer: Bytes) {
    const { publicKey, epoch, remaining, secretHash: told } = said;
    if (this.member(publicKey) === null || equalBytes(publicKey, signer)) return null;
    if (epoch !== this.epoch + 1) return null;
    const expected = keysWithout(this.members, publicKey);
    if (remaining.length !== expected.length) return null;
    if (!remaining.every((key, i) => equalBytes(key, expected[i]!))) return null;
    const members = new Map(this.members);
    members.delete(hexOf(publicKey));
    return { members, epochs: [...this.#epochs, { secretHash: told, everMembers: members }] };
  }

  /** The chain that a founding begins; null where the statement isn't one that counts. */
  static #founded({ groupId, seq, signer, said, ...rest }: Statement): Chain | null {
    if (said.kind !== 'found' || said.deviceClass !== 'full' || seq !== 0 || !isPublicKey(signer))
      return null;
    if (!equalBytes(groupId, groupIdOf(said.nonce, signer))) return null;
    const founder: Member = { publicKey: signer, deviceClass: 'full', name: said.name, addedBy: signer };
    const members = new Map([[hexOf(signer), founder]]);
    const epochs = [{ secretHash: said.secretHash, everMembers: members }];
    return new Chain([{ groupId, seq, signer, said, ...rest }], members, epochs);
  }
}

function keysWithout(members: Members, publicKey: Uint8Array): Bytes[] {
  const left = new Map(members);
  left.delete(hexOf(publicKey));
  return [...left.keys()].sort().map((key) => left.get(key)!.publicKey);
}

function withMember(members: Members, member: Member): Members {
  return new Map(members).set(hexOf(member.publicKey), member);
}

function expectName(name: string): void {
  invariant(isDeviceName(name), 'a device is added under a name that others take');
}
