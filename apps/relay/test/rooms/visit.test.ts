// Holds the machine of one connection to its table in docs/PROTOCOL.md section 19, over every state and event.
import { InvariantError } from '@p2p-copy/core/foundation';
import { describe, expect, it } from 'vitest';
import { stepVisit, type VisitEffect, type VisitEvent, type VisitState } from '../../src/rooms/visit.ts';
import { printedTable, printTable } from './printed-table.ts';

const AT = { room: 'room', number: 5 };
const BYTES = new Uint8Array([1]);

/** Typed by name, so that a new state or event doesn't compile until it stands here. */
const STATES: { [Name in VisitState['name']]: VisitState & { name: Name } } = {
  greeting: { name: 'greeting' },
  inside: { name: 'inside', maxRooms: 2, lastPlace: 4, places: new Map([[3, AT]]) },
  gone: { name: 'gone' },
};

const enter = (place: number, room: string): VisitEvent & { name: 'enter' } => ({
  name: 'enter',
  place,
  room,
  number: 9,
  card: 'card',
});

const EVENTS: { [Name in VisitEvent['name']]: Record<string, VisitEvent & { name: Name }> } = {
  hello: { hello: { name: 'hello', maxRooms: 2 } },
  enter: {
    enter: enter(5, 'other'),
    'enter, the room that it is in': enter(5, 'room'),
    'enter, a place that it has named': enter(4, 'other'),
  },
  change: {
    change: { name: 'change', place: 3, card: 'next' },
    'change, a place that it had': { name: 'change', place: 4, card: 'next' },
    'change, a place that it never named': { name: 'change', place: 5, card: 'next' },
  },
  exit: {
    exit: { name: 'exit', place: 3 },
    'exit, a place that it had': { name: 'exit', place: 4 },
    'exit, a place that it never named': { name: 'exit', place: 5 },
  },
  message: {
    message: { name: 'message', place: 3, to: null, bytes: BYTES },
    'message, a place that it had': { name: 'message', place: 4, to: null, bytes: BYTES },
    'message, a place that it never named': { name: 'message', place: 5, to: null, bytes: BYTES },
  },
  refused: { refused: { name: 'refused', place: 3 } },
  'out of turn': { 'out of turn': { name: 'out of turn' } },
  end: { end: { name: 'end' } },
};

describe('visit', () => {
  it('does what the table in docs/PROTOCOL.md section 19 says, and nothing else', () => {
    const rows = tableRows();
    expect(printedTable('### Visit'), printTable(rows)).toEqual(rows);
  });

  it('ends a connection that enters one room more than it was told', () => {
    const full: VisitState = {
      ...STATES.inside,
      places: new Map([...STATES.inside.places, [4, { room: 'b', number: 6 }]]),
    };
    const { state, effects } = stepVisit(full, enter(5, 'third'));
    expect(state.name).toBe('gone');
    expect(effects.map(({ name }) => name)).toEqual(['leave', 'leave', 'close']);
  });

  it('gives a place back that was refused or left, but never its name', () => {
    let state: VisitState = { name: 'inside', maxRooms: 1, lastPlace: 0, places: new Map() };
    for (let place = 1; place <= 3; place += 1) {
      state = stepVisit(state, enter(place, 'room')).state;
      state = stepVisit(state, { name: place === 2 ? 'exit' : 'refused', place }).state;
    }
    expect(state).toMatchObject({ name: 'inside', lastPlace: 3, places: new Map() });
    expect(stepVisit(state, enter(3, 'room')).effects).toEqual([{ name: 'close' }]);
  });
});

function tableRows(): string[][] {
  const rows: string[][] = [];
  for (const state of Object.values(STATES)) {
    for (const [label, event] of Object.values(EVENTS).flatMap((named) => Object.entries(named))) {
      // Before `welcome` there are no places.
      if (state.name === 'greeting' && label.includes(', ')) continue;
      const step = attempt(state, event);
      if (step === null) continue;
      rows.push([
        state.name,
        label,
        step.state.name,
        step.effects.map((effect) => describeEffect(effect, label)).join(', ') || 'none',
      ]);
    }
  }
  return rows;
}

/** null for what can't happen: there the machine throws, and only an InvariantError. */
function attempt(state: VisitState, event: VisitEvent): ReturnType<typeof stepVisit> | null {
  try {
    return stepVisit(state, event);
  } catch (error) {
    expect(error).toBeInstanceOf(InvariantError);
    return null;
  }
}

function describeEffect(effect: VisitEffect, label: string): string {
  switch (effect.name) {
    case 'welcome':
      return '`welcome`';
    case 'enter':
    case 'change':
    case 'message':
      return `${effect.name} to the room`;
    case 'leave':
      return label === 'exit' ? 'leave to the room' : 'leave to each room';
    case 'close':
      return 'close with `bad-hello`';
  }
}
