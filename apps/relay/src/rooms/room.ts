// The life of one room, as a pure step. docs/PROTOCOL.md section 19 prints its table.
import { InvariantError } from '@p2p-copy/core/foundation';
import type { ToldMember } from '@p2p-copy/core/relay-protocol';
import type { ConnectionId } from '../pairing/connection-id.ts';

/** One stay of a connection in a room. */
export interface Stay {
  readonly connection: ConnectionId;
  readonly place: number;
}

interface Member extends Stay {
  readonly card: string;
}

export type RoomState =
  /** Nobody is in it. */
  | { name: 'free' }
  /** Members by their numbers, in the order in which they came. */
  | { name: 'open'; members: ReadonlyMap<number, Member> };

export type RoomEvent =
  | { name: 'enter'; number: number; stay: Stay; card: string; maxMembers: number }
  | { name: 'change'; number: number; card: string }
  | { name: 'leave'; number: number }
  /** `to`: null for all others. */
  | { name: 'message'; number: number; to: number | null; bytes: Uint8Array };

/** What members hear of another one, whose number it has. */
export type Notice =
  | { name: 'joined' | 'changed'; number: number; card: string }
  | { name: 'left'; number: number }
  | { name: 'message'; number: number; to: number | null; bytes: Uint8Array };

export type RoomEffect =
  | { name: 'entered'; stay: Stay; number: number; members: readonly ToldMember[] }
  | { name: 'refuse'; stay: Stay }
  /** To all members but the one that it is about, or to the one that a message is for. */
  | { name: 'notice'; notice: Notice };

export interface RoomStep {
  state: RoomState;
  effects: RoomEffect[];
}

export const FREE_ROOM: RoomState = { name: 'free' };

/** @throws InvariantError for an event that can't happen in this state */
export function stepRoom(state: RoomState, event: RoomEvent): RoomStep {
  const members: ReadonlyMap<number, Member> = state.name === 'open' ? state.members : new Map();
  switch (event.name) {
    case 'enter':
      return enter(state, members, event);
    case 'change': {
      const changed = { ...memberOf(members, event.number), card: event.card };
      return { state: open(new Map(members).set(event.number, changed)), effects: [told(event, 'changed')] };
    }
    case 'leave': {
      memberOf(members, event.number);
      const rest = new Map(members);
      rest.delete(event.number);
      if (rest.size === 0) return { state: FREE_ROOM, effects: [] };
      return {
        state: open(rest),
        effects: [{ name: 'notice', notice: { name: 'left', number: event.number } }],
      };
    }
    case 'message': {
      memberOf(members, event.number);
      const { to } = event;
      const isForOthers = to === null ? members.size > 1 : to !== event.number && members.has(to);
      return { state, effects: isForOthers ? [{ name: 'notice', notice: event }] : [] };
    }
  }
}

function enter(
  state: RoomState,
  members: ReadonlyMap<number, Member>,
  { number, stay, card, maxMembers }: RoomEvent & { name: 'enter' },
): RoomStep {
  if (members.has(number)) throw new InvariantError('a number that is taken');
  if (members.size >= maxMembers) return { state, effects: [{ name: 'refuse', stay }] };
  const told = [...members].map(([whose, member]) => ({ number: whose, card: member.card }));
  const effects: RoomEffect[] = [{ name: 'entered', stay, number, members: told }];
  if (told.length > 0) effects.push({ name: 'notice', notice: { name: 'joined', number, card } });
  return { state: open(new Map(members).set(number, { ...stay, card })), effects };
}

function told({ number, card }: { number: number; card: string }, name: 'joined' | 'changed'): RoomEffect {
  return { name: 'notice', notice: { name, number, card } };
}

function open(members: ReadonlyMap<number, Member>): RoomState {
  return { name: 'open', members };
}

function memberOf(members: ReadonlyMap<number, Member>, number: number): Member {
  const member = members.get(number);
  if (member === undefined) throw new InvariantError('an event of nobody in the room');
  return member;
}
