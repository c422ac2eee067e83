// This device among those of its group: in the room of the present epoch and in older ones, who is there, what they ask, and the
// group's chain brought up to date with whoever has another view. docs/PROTOCOL.md section 20.
import { type Bytes, equalBytes, hexOf } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { OwnGroup, Taken } from '../group/own-group.ts';
import type { DeviceKind } from '../identity/device-name.ts';
import type { MetSession } from '../link/met-session.ts';
import type { PresentMember } from '../presence/present-member.ts';
import type { RoomMessage } from '../presence/room-message.ts';
import type { PresenceEvent, VisitOptions } from '../presence/visit.ts';
import { DeviceSessions, type MeetMessage, type Other } from './device-sessions.ts';
import type { ChangeTold, GroupEvent, GroupPresenceOptions, GroupPresencePorts } from './group-events.ts';
import { RoomVisit } from './room-visit.ts';
import { tellChange } from './tell-change.ts';

const BEAT_MS = 5_000;
/** Another process of the device may answer otherwise. The first of these that one gives says most of the device. */
const ASK_NEXT: readonly ErrorCode[] = [
  'device-busy',
  'declined',
  'peer-silent',
  'device-idle',
  'device-away',
];

/** This device in the rooms of its group, from `start` to `close`. */
export class GroupPresence {
  readonly #ports: GroupPresencePorts;
  readonly #options: GroupPresenceOptions;
  readonly #ending = new AbortController();
  readonly #visits = new Map<string, RoomVisit>();
  readonly #sessions: DeviceSessions;
  /** Devices that are there, by key in hex. */
  readonly #there = new Set<string>();
  #group: OwnGroup;
  /** Whether others are told of a change in the rooms of before. */
  #isChanging = false;
  #cancelBeat = () => {};
  /** Rooms are entered and left in one order. */
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: GroupPresencePorts, options: GroupPresenceOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#group = options.group;
    this.#sessions = new DeviceSessions(ports, {
      key: options.key,
      group: () => this.#group,
      keep: (group, taken) => this.#keep(group, taken),
      signal: this.#ending.signal,
    });
  }

  /** Whether a device of that key has answered. */
  isThere(publicKey: Uint8Array): boolean {
    return this.#there.has(hexOf(publicKey));
  }

  /** Whether views of the group are being brought up to date. */
  get isSyncing(): boolean {
    return !this.#sessions.isIdle;
  }

  /** Whether every device whose card is shown in the present room has answered. */
  get haveAllAnswered(): boolean {
    const connected = this.#present?.presence.connected ?? [];
    return connected.every(({ isThere, isAnonymous }) => isThere || isAnonymous);
  }

  /** Enters the rooms. Resolves when they were asked for. */
  async start(): Promise<void> {
    await this.#refresh();
    this.#beatLater();
  }

  /** Another process has changed the group. */
  async adopt(group: OwnGroup): Promise<void> {
    this.#group = group;
    if (!this.#isChanging) await this.#refresh();
  }

  /** Leaves all rooms. */
  close(): void {
    this.#ending.abort();
    this.#cancelBeat();
    for (const visit of this.#visits.values()) visit.leave();
    this.#visits.clear();
    this.#ports.rooms.close();
  }

  /**
   * Asks a device that is there to receive, and meets it: the first of its processes that takes it up.
   * @param features of this end
   * @throws TransferError `device-away`, `peer-silent`; what the device answers; those of `meetDeviceAt`; `not-in-group`
   */
  async meetToSend(publicKey: Bytes, features: readonly string[], signal: AbortSignal): Promise<MetSession> {
    const visit = this.#present;
    const there = visit?.presence.there ?? [];
    const entries = there.filter(({ card }) => equalBytes(card.publicKey, publicKey));
    let why = new TransferError('device-away');
    for (const member of entries) {
      try {
        return await this.#sessions.askToSend({ visit: visit!, member }, { features, signal });
      } catch (error) {
        if (!(error instanceof TransferError) || !ASK_NEXT.includes(error.code)) throw error;
        if (ASK_NEXT.indexOf(error.code) < ASK_NEXT.indexOf(why.code)) why = error;
      }
    }
    throw why;
  }

  /**
   * This device has changed the group: tells all who are there, who was removed among them, and moves on to its rooms. Resolves
   * after `TELL_CHANGE_MS` at the latest, and soon after the signal is aborted.
   */
  async change(group: OwnGroup, signal: AbortSignal): Promise<ChangeTold> {
    this.#group = group;
    this.#isChanging = true;
    const telling = { visits: [...this.#visits.values()], sessions: this.#sessions, group, signal };
    const { clock } = this.#ports;
    const told = await tellChange({ ...telling, clock, ending: this.#ending.signal }).finally(() => {
      this.#isChanging = false;
    });
    await this.#refresh();
    return told;
  }

  get #present(): RoomVisit | null {
    return [...this.#visits.values()].find(({ options }) => !options.isOld) ?? null;
  }

  #beatLater(): void {
    this.#cancelBeat = this.#ports.clock.after(BEAT_MS, () => {
      this.#beatLater();
      for (const visit of this.#visits.values()) void visit.beat();
      if ([...this.#visits.values()].some(({ presence }) => presence.isFull)) void this.#refresh();
    });
  }

  /** Is in the rooms of the group as it is now, and in no others. */
  #refresh(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const wanted = this.#wanted();
      for (const [id, visit] of this.#visits) {
        const isWanted = wanted.has(id) && !visit.presence.isFull;
        if (isWanted) await visit.chainChanged();
        else {
          visit.leave();
          this.#visits.delete(id);
          if (!visit.options.isOld) this.#forgetThere(visit);
        }
      }
      for (const [id, options] of wanted) {
        if (this.#visits.has(id) || this.#ending.signal.aborted) continue;
        this.#visits.set(id, await RoomVisit.enter(this.#ports.rooms, options, this.#hooksOf(options)));
      }
    });
    return this.#turn;
  }

  /** By what tells one stay from another. */
  #wanted(): Map<string, VisitOptions> {
    const { key, kind, name, now } = this.#options;
    const { present } = this.#group;
    const scopes = this.#group.oldRooms(now()).map((scope) => ({ scope, isOld: true }));
    if (present !== null) scopes.push({ scope: present, isOld: false });
    return new Map(
      scopes.map(({ scope, isOld }) => {
        // Whoever lacks the present secret is to be found.
        const isNamed = !isOld || present === null;
        const chain = () => this.#group.chain;
        const id = `${hexOf(scope.groupId)} ${scope.epoch} ${isOld} ${isNamed}`;
        return [id, { scope, key, kind, name, chain, isOld, isNamed }];
      }),
    );
  }

  async #keep(group: OwnGroup, taken: Taken): Promise<void> {
    this.#group = await this.#options.keep(group, taken);
    if (taken.kind === 'newer' || taken.kind === 'fork')
      this.#tell({ type: 'changed', kind: taken.kind, removed: taken.removed });
    // Not awaited: a session that goes on has nothing to do with the rooms.
    if (!this.#isChanging) void this.#refresh();
  }

  #hooksOf({ isNamed }: VisitOptions) {
    // Where this device shows itself: in the present room, or until it has the secret of that in those of before.
    const tell = (event: GroupEvent) => {
      if (isNamed) this.#tell(event);
    };
    return {
      onEvent: (event: PresenceEvent, visit: RoomVisit) => this.#hear(event, visit),
      onEntered: () => tell({ type: 'entered' }),
      onAway: (why: TransferError) => tell({ type: 'away', why }),
      onEnded: (why: TransferError) => tell({ type: 'ended', why }),
    };
  }

  #tell(event: GroupEvent): void {
    if (!this.#ending.signal.aborted) this.#options.onEvent(event);
  }

  #hear(event: PresenceEvent, visit: RoomVisit): void {
    switch (event.type) {
      case 'there':
      case 'gone':
        this.#note(event);
        break;
      case 'sync':
        void this.#sync({ visit, member: event.from });
        break;
      case 'message':
        this.#take(visit, event.from, event.message);
        break;
    }
  }

  async #sync(other: Other): Promise<void> {
    other.member.syncEnded(await this.#sessions.syncInTurn(other));
  }

  #note({ type, publicKey, kind }: PresenceEvent & { type: 'there' | 'gone' }): void {
    const id = hexOf(publicKey);
    if (this.#there.has(id) === (type === 'there')) return;
    if (type === 'there') this.#there.add(id);
    else this.#there.delete(id);
    this.#tell({ type, publicKey, kind });
  }

  /** Whoever is there in the next stay is seen anew. */
  #forgetThere({ presence }: RoomVisit): void {
    for (const { card } of presence.there) this.#note({ type: 'gone', ...card });
  }

  #take(visit: RoomVisit, member: PresentMember, message: RoomMessage): void {
    const { publicKey, kind } = member.card;
    const other = { visit, member };
    switch (message.type) {
      case 'answer':
        this.#sessions.answered(member, message);
        break;
      case 'announce':
        void visit.say(member, { type: 'announced' });
        break;
      case 'list':
        void visit.say(member, { type: 'listed', id: message.id, entries: [], more: false });
        break;
      case 'meet':
        if (message.task === 'sync') this.#sessions.takeSync(other, message);
        else this.#sessions.answer(other, message.id, this.#offered(other, message, publicKey, kind));
        break;
      default:
        break;
    }
  }

  #offered(other: Other, { task, key }: MeetMessage, publicKey: Bytes, kind: DeviceKind): ErrorCode | null {
    // Nothing is offered to be got yet.
    if (task !== 'send') return 'declined';
    const meet = (features: readonly string[]) => this.#sessions.comeToReceive(other, key, features);
    return this.#options.onOffer({ publicKey, kind, meet });
  }
}
