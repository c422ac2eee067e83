// All rooms and all who visit them, without sockets: turns what a connection says into what members hear.
// docs/PROTOCOL.md section 19.
import { InvariantError } from '@p2p-copy/core/foundation';
import type { RoomRefusal, ToldMember } from '@p2p-copy/core/relay-protocol';
import type { ConnectionId } from '../pairing/connection-id.ts';
import { type PlaceCaps, PlaceLimits } from './place-limits.ts';
import {
  FREE_ROOM,
  type Notice,
  type RoomEffect,
  type RoomEvent,
  type RoomState,
  type Stay,
  stepRoom,
} from './room.ts';
import { GREETING, stepVisit, type VisitEffect, type VisitEvent, type VisitState } from './visit.ts';

export interface RoomCaps extends PlaceCaps {
  maxMembersPerRoom: number;
}

/** What a connection said, or what became of it. */
export type TableEvent =
  | Exclude<VisitEvent, { name: 'enter' | 'refused' }>
  | { name: 'enter'; place: number; room: string; card: string };

export type TableEffect =
  | { name: 'welcome'; whom: ConnectionId; maxRooms: number }
  /** A room has its first member, or had its last. */
  | { name: 'opened' | 'emptied'; room: string }
  | { name: 'entered'; stay: Stay; number: number; members: readonly ToldMember[] }
  | { name: 'refuse'; stay: Stay; code: RoomRefusal }
  /** `hearers`: members here for whom it is. */
  | { name: 'notice'; room: string; notice: Notice; hearers: number }
  | { name: 'close'; whom: ConnectionId };

interface Visitor {
  readonly id: ConnectionId;
  /** As limits count it. */
  readonly address: string;
  state: VisitState;
}

export class RoomTable {
  readonly #caps: RoomCaps;
  /** A random whole number from 1 to 2^32 − 1. */
  readonly #draw: () => number;
  readonly #places: PlaceLimits;
  readonly #rooms = new Map<string, RoomState & { name: 'open' }>();
  readonly #visitors = new Map<ConnectionId, Visitor>();

  constructor(caps: RoomCaps, draw: () => number) {
    this.#caps = caps;
    this.#draw = draw;
    this.#places = new PlaceLimits(caps);
  }

  get rooms(): number {
    return this.#rooms.size;
  }

  /** Stays in all rooms together. */
  get places(): number {
    return this.#places.size;
  }

  get visitors(): number {
    return this.#visitors.size;
  }

  /** A connection that has said nothing yet. */
  arrive(id: ConnectionId, address: string): void {
    if (this.#visitors.has(id)) throw new InvariantError('a visitor that is here');
    this.#visitors.set(id, { id, address, state: GREETING });
  }

  /** Nothing for a connection that is gone. */
  step(id: ConnectionId, event: TableEvent): TableEffect[] {
    const visitor = this.#visitors.get(id);
    if (visitor === undefined) return [];
    return this.#visit(
      visitor,
      event.name === 'enter' ? { ...event, number: this.#number(event.room) } : event,
    );
  }

  /** The members here that a notice is for. */
  hearersOf(room: string, notice: Notice): Stay[] {
    const members = this.#rooms.get(room)?.members;
    if (members === undefined) return [];
    if (notice.name === 'message' && notice.to !== null) {
      const member = members.get(notice.to);
      return member === undefined ? [] : [member];
    }
    return [...members].flatMap(([number, member]) => (number === notice.number ? [] : [member]));
  }

  #visit(visitor: Visitor, event: VisitEvent): TableEffect[] {
    const { state, effects } = stepVisit(visitor.state, event);
    visitor.state = state;
    if (state.name === 'gone') this.#visitors.delete(visitor.id);
    return effects.flatMap((effect) => this.#settle(visitor, effect));
  }

  #settle(visitor: Visitor, effect: VisitEffect): TableEffect[] {
    switch (effect.name) {
      case 'welcome':
        return [{ name: 'welcome', whom: visitor.id, maxRooms: effect.maxRooms }];
      case 'close':
        return [{ name: 'close', whom: visitor.id }];
      case 'enter': {
        const { at, place, card } = effect;
        const stay = { connection: visitor.id, place };
        const refusal = this.#places.refusalFor(visitor.address);
        if (refusal !== null) return this.#refuse(visitor, stay, refusal);
        const { maxMembersPerRoom: maxMembers } = this.#caps;
        return this.#room(visitor, at.room, { name: 'enter', number: at.number, stay, card, maxMembers });
      }
      case 'change':
        return this.#room(visitor, effect.at.room, { ...effect, number: effect.at.number });
      case 'leave':
        this.#places.leave(visitor.address);
        return this.#room(visitor, effect.at.room, { ...effect, number: effect.at.number });
      case 'message':
        return this.#room(visitor, effect.at.room, { ...effect, number: effect.at.number });
    }
  }

  #room(visitor: Visitor, room: string, event: RoomEvent): TableEffect[] {
    const before = this.#rooms.get(room) ?? FREE_ROOM;
    const { state, effects } = stepRoom(before, event);
    if (state.name === 'open') this.#rooms.set(room, state);
    else this.#rooms.delete(room);
    const isOpened = before.name === 'free' && state.name === 'open';
    const isEmptied = before.name === 'open' && state.name === 'free';
    const settled = effects.flatMap((effect) => this.#settleRoom(visitor, room, effect));
    return [
      ...(isOpened ? [{ name: 'opened', room } as const] : []),
      ...settled,
      ...(isEmptied ? [{ name: 'emptied', room } as const] : []),
    ];
  }

  #settleRoom(visitor: Visitor, room: string, effect: RoomEffect): TableEffect[] {
    switch (effect.name) {
      case 'entered':
        this.#places.enter(visitor.address);
        return [effect];
      case 'refuse':
        return this.#refuse(visitor, effect.stay, 'room-full');
      case 'notice':
        return [{ ...effect, room, hearers: this.hearersOf(room, effect.notice).length }];
    }
  }

  #refuse(visitor: Visitor, stay: Stay, code: RoomRefusal): TableEffect[] {
    return [{ name: 'refuse', stay, code }, ...this.#visit(visitor, { name: 'refused', place: stay.place })];
  }

  /** One that no member of the room has. */
  #number(room: string): number {
    const members = this.#rooms.get(room)?.members;
    for (;;) {
      const number = this.#draw();
      if (members?.has(number) !== true) return number;
    }
  }
}
