// The sessions of a device with others of its group: asked for by one in a room, answered by the other, then met. Those that bring
// the group up to date run here from end to end. docs/PROTOCOL.md section 20.
import { pause } from '../async/seek.ts';
import { type Bytes, randomBytes } from '../foundation/bytes.ts';
import { ERROR_TABLE, type ErrorCode } from '../foundation/error-table.ts';
import { errorCodeOfWire, TransferError, wireCode } from '../foundation/errors.ts';
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
/** A sync that fails is tried again so often, each time after this pause. */
const SYNC_TRIES = 3;
const SYNC_PAUSE_MS = 2_000;

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
  /** Syncs that run, and those that wait for a place. */
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(ports: DeviceMeetingPorts, context: DeviceSessionsContext) {
    this.#ports = ports;
    this.#context = context;
  }

  /** Whether no sync runs or waits. */
  get isIdle(): boolean {
    return this.#running === 0;
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

  /** Brings this device's view of the group and a member's up to date. @returns whether that came to its end */
  async syncWith(other: Other): Promise<boolean> {
    const { signal } = this.#context;
    for (let tries = 0; tries < SYNC_TRIES && !signal.aborted; tries += 1) {
      if (tries > 0) await pause(SYNC_PAUSE_MS, this.#ports.clock, signal);
      await this.#place();
      // It has gone, or what is said here goes nowhere.
      if (other.member.number === null) {
        this.#leavePlace();
        return false;
      }
      if (await this.#synced(() => this.#askAndMeet(other, 'sync', { features: null, signal }))) return true;
    }
    return false;
  }

  /** A member asks for a sync. */
  takeSync(other: Other, { id, key: rendezvousKey, device }: MeetMessage): void {
    if (this.#running >= MAX_SYNCS_AT_ONCE) {
      this.answer(other, id, 'device-busy');
      return;
    }
    const { signal } = this.#context;
    const peer = other.member.isAnonymous ? device! : other.member.card.publicKey;
    this.#running += 1;
    this.answer(other, id, null);
    void this.#synced(() =>
      this.#meet(other, { role: 'receiver', peer, rendezvousKey, features: null, signal }),
    );
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

  /** Whether it came to its end. The place that was taken for it is free afterwards. */
  async #synced(meet: () => Promise<MetSession>): Promise<boolean> {
    try {
      const { connection } = await meet();
      await connection.close();
      return true;
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      return false;
    } finally {
      this.#leavePlace();
    }
  }

  async #place(): Promise<void> {
    if (this.#running >= MAX_SYNCS_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
  }

  #leavePlace(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
