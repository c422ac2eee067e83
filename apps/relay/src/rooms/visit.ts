// What one connection is to the rooms, as a pure step: which places it has, and what it may say next. docs/PROTOCOL.md
// section 19 prints its table.
import { InvariantError } from '@p2p-copy/core/foundation';

export type VisitState =
  | { name: 'greeting' }
  | {
      name: 'inside';
      /** Rooms that it may be in at once, as it was told. */
      maxRooms: number;
      /** The place that it named last. */
      lastPlace: number;
      /** Where it is: the room and its number there, by the place. */
      places: ReadonlyMap<number, Whereabouts>;
    }
  /** Nothing that it says counts any more. */
  | { name: 'gone' };

interface Whereabouts {
  readonly room: string;
  readonly number: number;
}

export type VisitEvent =
  | { name: 'hello'; maxRooms: number }
  | { name: 'enter'; place: number; room: string; number: number; card: string }
  | { name: 'change'; place: number; card: string }
  | { name: 'exit'; place: number }
  | { name: 'message'; place: number; to: number | null; bytes: Uint8Array }
  /** The room, or the relay, had no place for it. */
  | { name: 'refused'; place: number }
  /** It said what may not be said. */
  | { name: 'out of turn' }
  /** Its connection ends. */
  | { name: 'end' };

export type VisitEffect =
  | { name: 'welcome'; maxRooms: number }
  | { name: 'enter'; place: number; at: Whereabouts; card: string }
  | { name: 'change'; at: Whereabouts; card: string }
  | { name: 'leave'; at: Whereabouts }
  | { name: 'message'; at: Whereabouts; to: number | null; bytes: Uint8Array }
  /** With `bad-hello`. */
  | { name: 'close' };

export interface VisitStep {
  state: VisitState;
  effects: VisitEffect[];
}

export const GREETING: VisitState = { name: 'greeting' };
const GONE: VisitState = { name: 'gone' };

/** @throws InvariantError for an event that can't happen in this state */
export function stepVisit(state: VisitState, event: VisitEvent): VisitStep {
  switch (state.name) {
    case 'greeting':
      return fromGreeting(event);
    case 'inside':
      return fromInside(state, event);
    case 'gone':
      throw new InvariantError(`visit: ${event.name} after its end`);
  }
}

function fromGreeting(event: VisitEvent): VisitStep {
  switch (event.name) {
    case 'hello': {
      const { maxRooms } = event;
      const state: VisitState = { name: 'inside', maxRooms, lastPlace: 0, places: new Map() };
      return { state, effects: [{ name: 'welcome', maxRooms }] };
    }
    case 'enter':
    case 'change':
    case 'exit':
    case 'message':
    case 'out of turn':
      return { state: GONE, effects: [{ name: 'close' }] };
    case 'end':
      return { state: GONE, effects: [] };
    case 'refused':
      throw new InvariantError('visit: refused before it has asked');
  }
}

type Inside = VisitState & { name: 'inside' };

function fromInside(state: Inside, event: VisitEvent): VisitStep {
  switch (event.name) {
    case 'enter':
      return enter(state, event);
    case 'change':
    case 'exit':
    case 'message':
      return atPlace(state, event);
    case 'refused':
      return { state: without(state, event.place), effects: [] };
    case 'hello':
    case 'out of turn':
      return violation(state);
    case 'end':
      return { state: GONE, effects: leaveAll(state) };
  }
}

function enter(state: Inside, { place, room, number, card }: VisitEvent & { name: 'enter' }): VisitStep {
  const isThere = [...state.places.values()].some((at) => at.room === room);
  if (isThere || place <= state.lastPlace || state.places.size >= state.maxRooms) return violation(state);
  const at = { room, number };
  return {
    state: { ...state, lastPlace: place, places: new Map(state.places).set(place, at) },
    effects: [{ name: 'enter', place, at, card }],
  };
}

function atPlace(state: Inside, event: VisitEvent & { name: 'change' | 'exit' | 'message' }): VisitStep {
  const { place } = event;
  const at = state.places.get(place);
  // Refused or left by now: it was under way.
  if (at === undefined) return place > state.lastPlace ? violation(state) : { state, effects: [] };
  switch (event.name) {
    case 'change':
      return { state, effects: [{ name: 'change', at, card: event.card }] };
    case 'exit':
      return { state: without(state, place), effects: [{ name: 'leave', at }] };
    case 'message':
      return { state, effects: [{ name: 'message', at, to: event.to, bytes: event.bytes }] };
  }
}

function violation(state: Inside): VisitStep {
  return { state: GONE, effects: [...leaveAll(state), { name: 'close' }] };
}

function leaveAll({ places }: Inside): VisitEffect[] {
  return [...places.values()].map((at) => ({ name: 'leave', at }));
}

function without(state: Inside, place: number): VisitState {
  const places = new Map(state.places);
  places.delete(place);
  return { ...state, places };
}
