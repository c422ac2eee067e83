// One room as its app sees it: events in their order, whatever becomes of the connections that it is entered by.
import { decodeBase64url, encodeBase64url } from '../foundation/base64url.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import type { Room, RoomEvent, RoomMember } from '../ports/rooms.ts';
import { MAX_CARD_BYTES, MAX_ROOM_MESSAGE_BYTES } from '../relay-protocol/constants.ts';
import type { RoomReply, ToldMember } from '../relay-protocol/room-replies.ts';
import type { RoomRequest } from '../relay-protocol/room-requests.ts';
import { encodeRoomMessage } from '../relay-protocol/room-values.ts';
import { MAX_KNOWN_MEMBERS, MAX_WAITING_EVENTS } from '../wire/limits.ts';

/** The connection that a room is entered by. */
export interface RoomLink {
  ask(request: RoomRequest): void;
  pass(message: Bytes): void;
  /** The app has left. */
  exited(room: VisitedRoom): void;
}

type ReplyHere = Extract<RoomReply, { type: 'entered' | 'joined' | 'changed' | 'left' }>;

/** A room that an app wants to be in; a connection enters it and hands it what the relay says. */
export class VisitedRoom implements Room {
  readonly key: string;
  #card: Bytes;
  #link: RoomLink | null = null;
  #place = 0;
  /** Whether the relay has listed all others. */
  #isThere = false;
  readonly #members = new Set<number>();
  #listed: RoomMember[] = [];
  #events: RoomEvent[] = [];
  #takers: ((event: RoomEvent) => void)[] = [];
  #onTaken: (() => void)[] = [];
  #ended: RoomEvent | null = null;
  /** Reason that the app was told for being away. */
  #away: string | null = null;

  constructor(key: string, card: Bytes) {
    this.key = key;
    this.#card = cardWithin(card);
  }

  /** Whether it is to be entered, or is. */
  get isWanted(): boolean {
    return this.#ended === null;
  }

  receive(): Promise<RoomEvent> {
    const event = this.#events.shift() ?? this.#ended;
    if (event === null) return new Promise((resolve) => this.#takers.push(resolve));
    this.#taken();
    return Promise.resolve(event);
  }

  send(to: number | null, bytes: Uint8Array): boolean {
    invariant(bytes.length <= MAX_ROOM_MESSAGE_BYTES, 'a message of a room is too long');
    if (this.#link === null || !this.#isThere) return false;
    this.#link.pass(encodeRoomMessage({ place: this.#place, number: to ?? 0, bytes }));
    return true;
  }

  change(card: Bytes): void {
    this.#card = cardWithin(card);
    if (this.#place !== 0) {
      this.#link?.ask({ type: 'change', place: this.#place, card: encodeBase64url(card) });
    }
  }

  exit(): void {
    if (!this.isWanted) return;
    if (this.#place !== 0) this.#link?.ask({ type: 'exit', place: this.#place });
    const link = this.#link;
    this.end(null);
    link?.exited(this);
  }

  /** A connection takes it over: it enters when it is `asked` to. */
  linkTo(link: RoomLink): void {
    this.#link = link;
  }

  /** Asks the relay for a place. */
  ask(place: number): void {
    this.#place = place;
    this.#link?.ask({ type: 'enter', place, room: this.key, card: encodeBase64url(this.#card) });
  }

  /**
   * What the relay says of this place.
   * @returns `entered` once it has listed all others; `broken` for what a relay can't say
   */
  hear(reply: ReplyHere): 'entered' | 'heard' | 'broken' {
    if (reply.type === 'entered') return this.#list(reply);
    const { type, number } = reply;
    const isKnown = this.#members.has(number);
    if (!this.#isThere || isKnown === (type === 'joined')) return 'broken';
    if (type === 'left') {
      this.#members.delete(number);
      this.#push({ kind: 'left', number });
      return 'heard';
    }
    if (!this.#know(number)) return 'broken';
    this.#push({ kind: type, ...memberOf(reply) });
    return 'heard';
  }

  /** A message of a member. */
  hearMessage(from: number, bytes: Bytes): 'heard' | 'broken' {
    if (!this.#isThere || !this.#members.has(from)) return 'broken';
    this.#push({ kind: 'message', from, bytes });
    return 'heard';
  }

  /** It isn't in the room any more, or wasn't let in. */
  lose(why: TransferError): void {
    this.#place = 0;
    this.#isThere = false;
    this.#members.clear();
    this.#listed = [];
    if (this.#away === why.code || !this.isWanted) return;
    this.#away = why.code;
    this.#push({ kind: 'away', why });
  }

  /** It is never entered again. */
  end(why: TransferError | null): void {
    if (!this.isWanted) return;
    this.#link = null;
    this.#place = 0;
    this.#isThere = false;
    this.#ended = { kind: 'ended', why };
    for (const taker of this.#takers.splice(0)) taker(this.#ended);
    // What waits is still given to an app that didn't leave by itself.
    if (why === null) this.#events = [];
    this.#taken();
  }

  /** Resolves when the app has taken enough of what waits for it. */
  async roomy(): Promise<void> {
    while (!this.isRoomy) await new Promise<void>((resolve) => this.#onTaken.push(resolve));
  }

  /** Whether the app may be told more. */
  get isRoomy(): boolean {
    return this.#events.length < MAX_WAITING_EVENTS || !this.isWanted;
  }

  #list({ number, members, more }: Extract<RoomReply, { type: 'entered' }>): 'entered' | 'heard' | 'broken' {
    if (this.#isThere) return 'broken';
    for (const member of members) {
      if (member.number === number || this.#members.has(member.number) || !this.#know(member.number)) {
        return 'broken';
      }
      this.#listed.push(memberOf(member));
    }
    if (more === true) return 'heard';
    this.#isThere = true;
    this.#away = null;
    this.#push({ kind: 'entered', number, members: this.#listed });
    this.#listed = [];
    return 'entered';
  }

  #taken(): void {
    for (const resolve of this.#onTaken.splice(0)) resolve();
  }

  #know(number: number): boolean {
    this.#members.add(number);
    return this.#members.size <= MAX_KNOWN_MEMBERS;
  }

  #push(event: RoomEvent): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#events.push(event);
    else taker(event);
  }
}

function memberOf({ number, card }: ToldMember): RoomMember {
  // Its form was checked when it was parsed.
  return { number, card: decodeBase64url(card)! };
}

function cardWithin(card: Bytes): Bytes {
  invariant(card.length <= MAX_CARD_BYTES, 'a card of a room is too long');
  return card;
}
