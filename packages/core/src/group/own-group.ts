// The group of this device: its view of the chain, the secrets that it holds, whom it may accept by itself. Pure: an app keeps
// what `note` gives, before anything follows from a change. docs/PROTOCOL.md section 20.
import { type Bytes, equalBytes, hexOf, randomBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import { grownAge, type Moment } from '../foundation/observed-age.ts';
import { isDeviceName } from '../identity/device-name.ts';
import type { DeviceKey } from '../identity/device-signature.ts';
import { MAX_OLD_ROOMS, OLD_ROOM_MS } from '../wire/limits.ts';
import { Chain, type Member } from './chain.ts';
import type { RoomScope } from './group-keys.ts';
import type { EpochSecret, GroupNote, HeldSecret } from './group-note.ts';
import { type Fork, type Merged, mergeChains } from './merge-chains.ts';
import { HASH_BYTES, type Statement } from './statement.ts';

/** What came of another member's chain; `withheld`: it has this device as no member, and tells nothing. */
export interface Taken {
  kind: Merged['kind'] | 'settled-before' | 'withheld';
  /** No longer members: transfer secrets that were kept for transfers with them are to be deleted. */
  removed: Member[];
}

/** The group as this device sees it. */
export class OwnGroup {
  readonly publicKey: Bytes;
  #chain: Chain;
  #secrets: HeldSecret[];
  readonly #paired: Set<string>;
  readonly #names: Map<string, string>;
  readonly #refused: Set<string>;
  #fork: Fork | null = null;

  private constructor(publicKey: Bytes, chain: Chain, note: Omit<GroupNote, 'chain' | 'fork'>) {
    this.publicKey = publicKey;
    this.#chain = chain;
    this.#secrets = [...note.secrets];
    this.#paired = new Set(note.paired);
    this.#names = new Map(note.names);
    this.#refused = new Set(note.refused);
  }

  /** A group of this device alone. */
  static async found(key: DeviceKey, name: string): Promise<OwnGroup> {
    const secret = randomBytes(HASH_BYTES);
    return OwnGroup.joined(key.publicKey, await Chain.found(key, name, secret), { epoch: 0, secret });
  }

  /** The group that this device has come into. */
  static joined(publicKey: Bytes, chain: Chain, secret: EpochSecret): OwnGroup {
    const secrets = [{ ...secret, age: null }];
    return new OwnGroup(publicKey, chain, { secrets, paired: [], names: [], refused: [] });
  }

  /**
   * The group that an app kept.
   * @param known an earlier view of it, whose statements aren't verified again; null for none
   * @throws TransferError those of `Chain.parse`
   */
  static async restored(
    publicKey: Bytes,
    note: GroupNote,
    pause: () => Promise<void>,
    known: Chain | null = null,
  ): Promise<OwnGroup> {
    const group = new OwnGroup(publicKey, await Chain.parse(note.chain, known, pause), note);
    if (note.fork !== null) group.take(await Chain.parse(note.fork, group.chain, pause));
    return group;
  }

  get chain(): Chain {
    return this.#chain;
  }

  /** What the person has to decide; null where nothing is open. */
  get fork(): Fork | null {
    return this.#fork;
  }

  /** Whether somebody removed this device. */
  get isOut(): boolean {
    return this.#chain.member(this.publicKey) === null;
  }

  /** Whether this device may add and remove others. */
  get mayChange(): boolean {
    return this.#chain.member(this.publicKey)?.deviceClass === 'full';
  }

  /** The present room; null while its secret hasn't been handed over. */
  get present(): RoomScope | null {
    return this.isOut ? null : this.#scope(this.#chain.epoch);
  }

  /** Rooms of older epochs, in which this device hands over the chain. Secrets that are too old are destroyed. */
  oldRooms(now: Moment): RoomScope[] {
    if (this.isOut) return [];
    // The newest one doesn't age: it is the present one, or where this device can be found until it gets that.
    const newest = this.#secrets.at(-1)?.epoch;
    this.#secrets = this.#secrets
      .map((held) => (held.epoch === newest ? held : { ...held, age: grownAge(held.age, now) }))
      .filter(({ age }) => age === null || age.agedMs < OLD_ROOM_MS);
    const old = this.#secrets.filter(({ epoch }) => epoch < this.#chain.epoch);
    return old.slice(-MAX_OLD_ROOMS).map(({ epoch }) => this.#scope(epoch)!);
  }

  /** Takes another member's view. A fork changes nothing but that the person is asked. */
  take(theirs: Chain): Taken {
    const merged = mergeChains(this.#chain, theirs);
    if (merged.kind === 'newer') return { kind: 'newer', removed: this.#adopt(merged.chain) };
    if (merged.kind !== 'fork') return { kind: merged.kind, removed: [] };
    const { fork } = merged;
    const isSettled = this.#isRefused(fork.theirs);
    if (!isSettled) this.#fork ??= fork;
    return { kind: isSettled ? 'settled-before' : 'fork', removed: [] };
  }

  /** The person has decided. @returns the members that are none any more */
  settle(right: 'own' | 'theirs'): Member[] {
    invariant(this.#fork !== null, 'a fork is settled that there is');
    const { own, theirs, chain } = this.#fork;
    this.#fork = null;
    const removed = right === 'theirs' ? this.#adopt(chain) : [];
    this.#refuse(right === 'theirs' ? own : theirs);
    return removed;
  }

  /** @returns whether it is the secret of an epoch of this group, and is held now */
  takeSecret({ epoch, secret }: EpochSecret): boolean {
    if (!this.#chain.isSecretOf(epoch, secret)) return false;
    if (this.#scope(epoch) === null) this.#hold({ epoch, secret });
    return true;
  }

  /** The secrets, from an epoch on, that a member may have. @param chain of this group, this device's or a newer one */
  secretsFor(publicKey: Uint8Array, fromEpoch: number, chain: Chain = this.#chain): EpochSecret[] {
    if (chain.member(publicKey) === null || chain.member(this.publicKey) === null) return [];
    return this.#secrets
      .filter(({ epoch, secret }) => epoch >= fromEpoch && chain.isSecretOf(epoch, secret))
      .filter(({ epoch }) => chain.wasMember(publicKey, epoch))
      .map(({ epoch, secret }) => ({ epoch, secret }));
  }

  /** Takes what another process of this device has learned: its chain, and secrets that this one never had. */
  absorb(other: OwnGroup): Taken {
    const { epoch } = this.#chain;
    const taken = this.take(other.#chain);
    // An older one that is missing was destroyed.
    for (const secret of other.#secrets) if (secret.epoch >= epoch) this.takeSecret(secret);
    if (other.#fork !== null) this.take(other.#fork.chain);
    return taken;
  }

  /** @throws TransferError those of `Chain.add`; `not-in-group` where this device is removed meanwhile */
  async add(key: DeviceKey, member: Pick<Member, 'publicKey' | 'deviceClass' | 'name'>): Promise<void> {
    await this.#extend(member.publicKey, false, (chain) => chain.add(key, member));
    this.notePaired(member.publicKey);
  }

  /**
   * Removes a member, and begins an epoch with a fresh secret.
   * @returns nobody where another member's removal of it was taken over meanwhile
   * @throws TransferError those of `Chain.remove`; `not-in-group` where this device is removed meanwhile
   */
  async remove(key: DeviceKey, publicKey: Bytes): Promise<Member[]> {
    const secret = randomBytes(HASH_BYTES);
    const removed = await this.#extend(publicKey, true, (chain) => chain.remove(key, publicKey, secret));
    if (removed !== null) this.#hold({ epoch: this.#chain.epoch, secret });
    return removed ?? [];
  }

  /** The person of this device has paired with that one here. */
  notePaired(publicKey: Uint8Array): void {
    this.#paired.add(hexOf(publicKey));
  }

  /** Another name for a device, on this one's screens only. */
  rename(publicKey: Uint8Array, name: string): void {
    invariant(isDeviceName(name), 'a device gets a name');
    this.#names.set(hexOf(publicKey), name);
  }

  /** The name to show; null for a key that isn't a member's. */
  nameOf(publicKey: Uint8Array): string | null {
    const member = this.#chain.member(publicKey);
    return member === null ? null : (this.#names.get(hexOf(publicKey)) ?? member.name);
  }

  /** Who added a member that this device's person didn't pair with; null for others. */
  introducerOf(publicKey: Uint8Array): Bytes | null {
    const member = this.#chain.member(publicKey);
    if (member === null || this.#paired.has(hexOf(publicKey))) return null;
    return equalBytes(member.addedBy, publicKey) ? null : member.addedBy;
  }

  /** Whether the person's own rule for a device may be gone by without asking. Never for pages, and while views differ. */
  mayAcceptByRule(publicKey: Uint8Array): boolean {
    if (this.#fork !== null || this.isOut) return false;
    return this.#chain.member(publicKey)?.deviceClass === 'full';
  }

  /** Whether a device begins with its person being asked about all that comes from it: one that was introduced. */
  isIntroduced(publicKey: Uint8Array): boolean {
    return this.#chain.member(publicKey) !== null && !this.#paired.has(hexOf(publicKey));
  }

  /** All that there is to keep. */
  note(): GroupNote {
    return {
      chain: this.#chain.encode(),
      secrets: this.#secrets,
      paired: [...this.#paired],
      names: [...this.#names],
      refused: [...this.#refused],
      fork: this.#fork?.chain.encode() ?? null,
    };
  }

  /**
   * Appends a statement to the chain as it is once that is signed: another member's may have been taken over meanwhile.
   * @param isMember whether the device is a member as long as the statement is missing
   * @returns the members that are none any more; null where another statement said the same
   */
  async #extend(
    publicKey: Bytes,
    isMember: boolean,
    append: (chain: Chain) => Promise<Chain>,
  ): Promise<Member[] | null> {
    for (let isFirst = true; ; isFirst = false) {
      if (this.isOut) throw new TransferError('not-in-group');
      const chain = this.#chain;
      if (!isFirst && (chain.member(publicKey) !== null) !== isMember) return null;
      const next = await append(chain);
      if (this.#chain === chain) return this.#adopt(next);
    }
  }

  #isRefused({ hash, signer }: Statement): boolean {
    const isOfStranger = this.#chain.member(signer) === null && this.#refused.has(hexOf(signer));
    return isOfStranger || this.#refused.has(hexOf(hash));
  }

  /** Who was removed can make any number of statements. */
  #refuse({ hash, signer }: Statement): void {
    this.#refused.add(hexOf(this.#chain.member(signer) === null ? signer : hash));
  }

  #adopt(chain: Chain): Member[] {
    const removed = [...this.#chain.members].filter(
      ([key, { publicKey }]) => !chain.members.has(key) || this.#removes(chain, publicKey),
    );
    this.#chain = chain;
    for (const [key] of removed) {
      this.#paired.delete(key);
      this.#names.delete(key);
    }
    // Of another branch: no secret of it is this group's.
    this.#secrets = this.#secrets.filter(({ epoch, secret }) => chain.isSecretOf(epoch, secret));
    return removed.map(([, member]) => member);
  }

  /** Whether a chain removes a member of this one, which may have been added again since. */
  #removes(chain: Chain, publicKey: Bytes): boolean {
    return chain.statements.some(
      ({ hash, said }) =>
        said.kind === 'remove' && equalBytes(said.publicKey, publicKey) && !this.#chain.has(hash),
    );
  }

  #hold(secret: EpochSecret): void {
    this.#secrets = [...this.#secrets, { ...secret, age: null }].sort((a, b) => a.epoch - b.epoch);
    this.#secrets = this.#secrets.slice(-(MAX_OLD_ROOMS + 1));
  }

  #scope(epoch: number): RoomScope | null {
    const held = this.#secrets.find((each) => each.epoch === epoch);
    return held === undefined ? null : { groupId: this.#chain.groupId, epoch, secret: held.secret };
  }
}
