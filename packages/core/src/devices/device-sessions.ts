// The sessions of a device with others of its group: asked for by one in a room, answered by the other, then met. Those that bring
// the group up to date run here from end to end. docs/PROTOCOL.md section 20.
import { type Bytes, hexOf, randomBytes } from '../foundation/bytes.ts';
import { ERROR_TABLE, type ErrorCode } from '../foundation/error-table.ts';
import { errorCodeOfWire, TransferError, wireCode } from '../foundation/errors.ts';
import type { Chain } from '../group/chain.ts';
import type { OwnGroup, Taken } from '../group/own-group.ts';
import type { DeviceKey } from '../identity/device-signature.ts';
import type { MetSession } from '../link/met-session.ts';
import { expectBothMembers } from '../pairing/device-session.ts';
import type { Role } from '../ports/rendezvous.ts';
import type { PresentMember } from '../presence/present-member.ts';
import type { DeviceTask, RoomMessage } from '../presence/room-message.ts';
import { DEVICE_ANSWER_MS, MAX_SYNCS_AT_ONCE } from '../wire/limits.ts';
import { type DeviceMeetingPorts, meetDeviceAt } from './meet-device-at.ts';
import type { RoomVisit } from './room-visit.ts';

const KEY_BYTES = 32;
/** In place of a device's key: an empty card can name any device, so those that show one are taken one after the other. */
const NO_NAME = '';

/** A member, and the stay in which this device sees it. */
export interface Other {
  visit: RoomVisit;
  member: PresentMember;
}

/** What asks for a session. */
export type MeetMessage = RoomMessage & { type: 'meet' };

/** Whose sessions they are. */
export interface DeviceSessionsContext {
  key: DeviceKey;
  /** As it is at that moment. */
  group(): OwnGroup;
  keep(group: OwnGroup, taken: Taken): Promise<void>;
  /** Aborted when this device leaves. */
  signal: AbortSignal;
}

interface Meeting {
  role: Role;
  peer: Bytes;
  rendezvousKey: Bytes;
  /** Of this end, for a transfer; null for a sync. */
  features: readonly string[] | null;
  signal: AbortSignal;
}

/** Asks, answers and meets. */
export class DeviceSessions {
  readonly #ports: DeviceMeetingPorts;
  readonly #context: DeviceSessionsContext;
  readonly #answers = new Map<number, { from: PresentMember; answer(code: number): void }>();
  #lastId = 0;
  /** Devices with which a sync runs that this one asked for, by key in hex: one that never comes keeps no other one waiting. */
  readonly #asking = new Set<string>();
  /** The same for those that asked this one. */
  readonly #taking = new Set<string>();
  /** This device's chain as each of the others has heard it last, by key in hex. */
  readonly #heard = new Map<string, Chain>();
  /** Syncs in turn that run, and those that wait. */
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(ports: DeviceMeetingPorts, context: DeviceSessionsContext) {
    this.#ports = ports;
    this.#context = context;
  }

  /** Whether no sync runs or waits. */
  get isIdle(): boolean {
    return this.#running + this.#asking.size + this.#taking.size === 0;
  }

  /**
   * Asks a member to receive, and meets it for a transfer.
   * @throws TransferError `peer-silent`; what the device answers; those of `meetDeviceAt`; `not-in-group`; `interrupted`
   */
  async askToSend(
    other: Other,
    { features, signal }: { features: readonly string[]; signal: AbortSignal },
  ): Promise<MetSession> {
    return this.#askAndMeet(other, 'send', { features, signal });
  }

  /** Meets a member that asked to send. @throws TransferError those of `meetDeviceAt`; `not-in-group` */
  comeToReceive(other: Other, rendezvousKey: Bytes, features: readonly string[]): Promise<MetSession> {
    const peer = other.member.card.publicKey;
    const { signal } = this.#context;
    return this.#meet(other, { role: 'receiver', peer, rendezvousKey, features, signal });
  }

  /** As `syncWith`, of `MAX_SYNCS_AT_ONCE`: another one waits. */
  async syncInTurn(other: Other): Promise<boolean> {
    if (this.#running >= MAX_SYNCS_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await this.syncWith(other, this.#context.signal);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /**
   * Brings this device's view of the group and a member's up to date.
   * @returns whether that came to its end; false at once while this device asks another entry of the same device, or that one
   */
  async syncWith(other: Other, signal: AbortSignal): Promise<boolean> {
    // It has gone, or what is said here goes nowhere.
    if (other.member.number === null) return false;
    const place = hexOf(other.member.card.publicKey);
    return this.#synced(this.#asking, { place, key: place }, () =>
      this.#askAndMeet(other, 'sync', { features: null, signal }),
    );
  }

  /** Whether a device has heard of the statement with that hash, whoever of the two asked for it. @param key in hex */
  hasHeard(key: string, head: Uint8Array): boolean {
    return this.#heard.get(key)?.has(head) ?? false;
  }

  /** A member asks for a sync. */
  takeSync(other: Other, { id, key: rendezvousKey, device }: MeetMessage): void {
    const { member, visit } = other;
    const peer = member.isAnonymous ? device! : member.card.publicKey;
    const place = member.isAnonymous || visit.options.isOld ? NO_NAME : hexOf(peer);
    if (this.#taking.has(place) || (place === NO_NAME && member.isResting)) {
      this.answer(other, id, 'device-busy');
      return;
    }
    const { signal } = this.#context;
    this.answer(other, id, null);
    const terms = { role: 'receiver', peer, rendezvousKey, features: null, signal } as const;
    const taking = { place, key: hexOf(peer) };
    void this.#synced(this.#taking, taking, () => this.#meet(other, terms)).then((isDone) => {
      // One that shows no name and doesn't come leaves its place to the others for a while.
      if (place === NO_NAME) member.syncEnded(isDone);
    });
  }

  /** Tells a member that asked that it is taken up, or why not. */
  answer({ visit, member }: Other, id: number, code: ErrorCode | null): void {
    const wire = code === null ? 0 : ERROR_TABLE[wireCode(code, 'declined')].wire!;
    void visit.say(member, { type: 'answer', id, code: wire });
  }

  /** A member has answered. */
  answered(from: PresentMember, { id, code }: RoomMessage & { type: 'answer' }): void {
    const asked = this.#answers.get(id);
    if (asked?.from === from) asked.answer(code);
  }

  async #askAndMeet(
    other: Other,
    task: DeviceTask,
    terms: Pick<Meeting, 'features' | 'signal'>,
  ): Promise<MetSession> {
    const rendezvousKey = randomBytes(KEY_BYTES);
    await this.#ask(other, { task, key: rendezvousKey }, terms.signal);
    const peer = other.member.card.publicKey;
    return this.#meet(other, { role: 'sender', peer, rendezvousKey, ...terms });
  }

  /** Resolves when the member comes. @throws TransferError why not */
  async #ask(
    { visit, member }: Other,
    { task, key }: { task: DeviceTask; key: Bytes },
    signal: AbortSignal,
  ): Promise<void> {
    this.#lastId += 1;
    const id = this.#lastId;
    // A card without a name doesn't tell who asks.
    const device = visit.options.isNamed ? null : this.#context.key.publicKey;
    let stop = () => {};
    const answered = new Promise<void>((resolve, reject) => {
      const fail = (code: ErrorCode) => reject(new TransferError(code));
      const interrupt = () => fail('interrupted');
      const cancel = this.#ports.clock.after(DEVICE_ANSWER_MS, () => fail('peer-silent'));
      signal.addEventListener('abort', interrupt);
      stop = () => {
        cancel();
        signal.removeEventListener('abort', interrupt);
      };
      if (signal.aborted) interrupt();
      const answer = (code: number) => (code === 0 ? resolve() : fail(errorCodeOfWire(code) ?? 'declined'));
      this.#answers.set(id, { from: member, answer });
    });
    try {
      await Promise.all([visit.say(member, { type: 'meet', id, key, task, paths: [], device }), answered]);
    } finally {
      stop();
      this.#answers.delete(id);
    }
  }

  async #meet({ visit, member }: Other, { features, signal, ...how }: Meeting): Promise<MetSession> {
    const { key, group, keep } = this.#context;
    const { epoch } = visit.options.scope;
    const prs = await member.channel.deriveSessionSecret(how.rendezvousKey);
    const own = { key, group: group(), epoch, prs, keep, lanes: 1 };
    const met = await meetDeviceAt(this.#ports, { ...how, ...own, ...(features && { features }) }, signal);
    if (features === null) return met;
    try {
      expectBothMembers(group(), how.peer, epoch);
      return met;
    } catch (error) {
      met.connection.terminate();
      throw error;
    }
  }

  /** Whether it came to its end; false at once where the place is taken. */
  async #synced(
    places: Set<string>,
    { place, key }: { place: string; key: string },
    meet: () => Promise<MetSession>,
  ): Promise<boolean> {
    if (places.has(place)) return false;
    places.add(place);
    // It is told what was so at the beginning at least.
    const { chain } = this.#context.group();
    try {
      const { connection } = await meet();
      await connection.close();
      this.#heard.set(key, chain);
      return true;
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      return false;
    } finally {
      places.delete(place);
    }
  }
}
