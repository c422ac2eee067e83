// One stay in a room: what a carrier of rooms says goes into the visit's presence, and what that wants to be sent goes out. When the
// room is lost, everybody in it has gone until it is entered again. docs/PROTOCOL.md section 20.
import { encodeBase64url } from '../foundation/base64url.ts';
import type { TransferError } from '../foundation/errors.ts';
import type { Room, RoomEvent, Rooms } from '../ports/rooms.ts';
import type { PresentMember } from '../presence/present-member.ts';
import type { RoomMessage } from '../presence/room-message.ts';
import { RoomPresence } from '../presence/room-presence.ts';
import type { PresenceEvent, RoomResult, VisitOptions } from '../presence/visit.ts';

/** What a stay tells. */
export interface RoomVisitHooks {
  onEvent(event: PresenceEvent, visit: RoomVisit): void;
  /** The room is entered, for the first time or again, and its members were asked whether they are there. */
  onEntered(): void;
  /** The room is out of reach, and sought. */
  onAway(why: TransferError): void;
  /** It isn't entered any more. */
  onEnded(why: TransferError): void;
}

/** One stay in one room of a group. */
export class RoomVisit {
  readonly options: VisitOptions;
  readonly presence: RoomPresence;
  readonly #room: Room;
  readonly #hooks: RoomVisitHooks;
  readonly #numbers = new Set<number>();
  #hasLeft = false;

  private constructor(options: VisitOptions, presence: RoomPresence, room: Room, hooks: RoomVisitHooks) {
    this.options = options;
    this.presence = presence;
    this.#room = room;
    this.#hooks = hooks;
  }

  /** Enters, and stays until `leave`. */
  static async enter(rooms: Rooms, options: VisitOptions, hooks: RoomVisitHooks): Promise<RoomVisit> {
    const presence = await RoomPresence.enter(options);
    const room = rooms.enter(encodeBase64url(presence.room.roomKey), presence.sealedCard);
    const visit = new RoomVisit(options, presence, room, hooks);
    void visit.#stay();
    return visit;
  }

  /** To be called every 5 s. */
  async beat(): Promise<void> {
    this.#pass(await this.presence.beat());
  }

  /** The chain has changed. */
  async chainChanged(): Promise<void> {
    this.#pass(await this.presence.chainChanged());
  }

  /** @throws TransferError `limit-exceeded` for more than fits into a message */
  async say(member: PresentMember, message: RoomMessage): Promise<void> {
    this.#pass(await this.presence.say(member, message));
  }

  leave(): void {
    this.#hasLeft = true;
    this.#room.exit();
  }

  async #stay(): Promise<void> {
    for (;;) {
      const event = await this.#room.receive();
      if (event.kind === 'ended') {
        await this.#forgetAll();
        // What is under way in this stay needs its keys until here.
        this.presence.leave();
        if (event.why !== null) this.#hooks.onEnded(event.why);
        return;
      }
      if (!this.#hasLeft) await this.#hear(event);
    }
  }

  async #hear(event: Exclude<RoomEvent, { kind: 'ended' }>): Promise<void> {
    switch (event.kind) {
      case 'entered':
        // Numbers from before count no more.
        await this.#forgetAll();
        for (const { number, card } of event.members) await this.#shown(number, card);
        this.#hooks.onEntered();
        break;
      case 'joined':
      case 'changed':
        await this.#shown(event.number, event.card);
        break;
      case 'left':
        await this.#left(event.number);
        break;
      case 'message':
        this.#pass(await this.presence.heard(event.from, event.bytes));
        break;
      case 'away':
        await this.#forgetAll();
        this.#hooks.onAway(event.why);
        break;
    }
  }

  async #shown(number: number, card: RoomPresence['sealedCard']): Promise<void> {
    this.#numbers.add(number);
    this.#pass(await this.presence.shown(number, card));
  }

  async #left(number: number): Promise<void> {
    this.#numbers.delete(number);
    this.#pass(await this.presence.left(number));
  }

  async #forgetAll(): Promise<void> {
    for (const number of [...this.#numbers]) await this.#left(number);
  }

  #pass({ send, events }: RoomResult): void {
    if (this.#hasLeft) return;
    for (const { number, bytes } of send) this.#room.send(number, bytes);
    for (const event of events) this.#hooks.onEvent(event, this);
  }
}
