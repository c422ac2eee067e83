// A room at a relay in memory, which a test makes hostile: it passes on what members show and say, and keeps all of it.
import type { OwnGroup } from '../../src/group/own-group.ts';
import type { PresentMember } from '../../src/presence/present-member.ts';
import type { RoomMessage } from '../../src/presence/room-message.ts';
import { RoomPresence } from '../../src/presence/room-presence.ts';
import type { PresenceEvent, RoomResult, VisitOptions } from '../../src/presence/visit.ts';
import type { Device } from '../group/devices.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface Passed {
  from: number;
  to: number;
  bytes: Bytes;
}

export interface Visitor {
  number: number;
  presence: RoomPresence;
  events: PresenceEvent[];
}

export class MemoryRoom {
  readonly visitors = new Map<number, Visitor>();
  /** All that members said, in order. */
  readonly passed: Passed[] = [];
  readonly cards = new Map<number, Bytes>();
  #next = 1;
  /** What becomes of a message: by default it goes where it is sent. */
  route: (message: Passed) => Passed[] = (message) => [message];

  /** A device enters; all see each other's cards. */
  async enter(device: Device, options: Partial<VisitOptions> = {}): Promise<Visitor> {
    const visitor = await this.visit(device, options);
    const results: [Visitor, RoomResult][] = [];
    for (const [number, other] of [...this.visitors]) {
      if (number === visitor.number) continue;
      results.push([visitor, await visitor.presence.shown(number, this.cards.get(number)!)]);
      results.push([other, await other.presence.shown(visitor.number, visitor.presence.sealedCard)]);
    }
    // All that a relay says of an entry comes before what it passes on.
    for (const [who, result] of results) await this.pass(who, result);
    return visitor;
  }

  /** A device enters, and nobody is shown anything. */
  async visit({ key, group, name }: Device, options: Partial<VisitOptions> = {}): Promise<Visitor> {
    const presence = await RoomPresence.enter({
      scope: group.present!,
      key,
      kind: 'terminal',
      name,
      chain: () => group.chain,
      isOld: false,
      isNamed: true,
      ...options,
    });
    const visitor = { number: this.#next++, presence, events: [] };
    this.visitors.set(visitor.number, visitor);
    this.cards.set(visitor.number, presence.sealedCard);
    return visitor;
  }

  async show(to: Visitor, number: number, card: Bytes): Promise<void> {
    await this.pass(to, await to.presence.shown(number, card));
  }

  /** Passes on what a member wants to be sent, and all that follows. */
  async pass(from: Visitor, { send, events }: RoomResult): Promise<void> {
    from.events.push(...events);
    for (const { number, bytes } of send) {
      const message = { from: from.number, to: number, bytes };
      this.passed.push(message);
      for (const routed of this.route(message)) await this.deliver(routed);
    }
  }

  async deliver({ from, to, bytes }: Passed): Promise<void> {
    const visitor = this.visitors.get(to);
    if (visitor !== undefined) await this.pass(visitor, await visitor.presence.heard(from, bytes.slice()));
  }

  async leave({ number }: Visitor): Promise<void> {
    this.visitors.delete(number);
    for (const other of this.visitors.values()) await this.pass(other, await other.presence.left(number));
  }

  async beat(): Promise<void> {
    for (const visitor of [...this.visitors.values()])
      await this.pass(visitor, await visitor.presence.beat());
  }

  async say(from: Visitor, to: Device, message: RoomMessage): Promise<void> {
    await this.pass(from, await from.presence.say(memberOf(from, to.group), message));
  }
}

/** A device as a visitor sees it. */
export function memberOf({ presence }: Visitor, { publicKey }: OwnGroup): PresentMember {
  const found = presence.there.find(({ card }) => card.publicKey.join() === publicKey.join());
  if (found === undefined) throw new Error('that device is not there');
  return found;
}

/** Who is there, as a visitor's screen says. */
export function shownBy({ presence }: Visitor, devices: Device[]): string[] {
  const keys = presence.there.map(({ card }) => card.publicKey.join());
  return devices.filter(({ key }) => keys.includes(key.publicKey.join())).map(({ name }) => name);
}

/** Messages that a visitor was told of. */
export function heardBy({ events }: Visitor): RoomMessage[] {
  return events.flatMap((event) => (event.type === 'message' ? [event.message] : []));
}
