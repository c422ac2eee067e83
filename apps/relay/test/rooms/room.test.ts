// Holds the machine of one room to its table in docs/PROTOCOL.md section 19, over every state and event.
import { InvariantError } from '@p2p-copy/core/foundation';
import { describe, expect, it } from 'vitest';
import { type RoomEffect, type RoomEvent, type RoomState, stepRoom } from '../../src/rooms/room.ts';
import { printedTable, printTable } from './printed-table.ts';

const [ALONE, OLD, OTHER, NEW, NOBODY] = [10, 11, 12, 13, 99];
const member = (number: number) => ({ connection: number, place: 1, card: `card${number}` });
const open = (...numbers: number[]): RoomState & { name: 'open' } => ({
  name: 'open',
  members: new Map(numbers.map((number) => [number, member(number)])),
});
const BYTES = new Uint8Array([1, 2, 3]);
const stay = { connection: 13, place: 7 };

/** Typed by name, so that a new event doesn't compile until it stands here. `of`: the state that its label is about. */
const EVENTS: {
  [Name in RoomEvent['name']]: Record<string, { of: RoomState; event: RoomEvent & { name: Name } }>;
} = {
  enter: {
    'enter ': {
      of: { name: 'free' },
      event: { name: 'enter', number: NEW, stay, card: 'new', maxMembers: 3 },
    },
    enter: { of: open(OLD, OTHER), event: { name: 'enter', number: NEW, stay, card: 'new', maxMembers: 3 } },
    'enter, as many as may': {
      of: open(OLD, OTHER),
      event: { name: 'enter', number: NEW, stay, card: 'new', maxMembers: 2 },
    },
  },
  change: { change: { of: open(OLD, OTHER), event: { name: 'change', number: OLD, card: 'next' } } },
  leave: {
    leave: { of: open(OLD, OTHER), event: { name: 'leave', number: OLD } },
    'leave, the last': { of: open(ALONE), event: { name: 'leave', number: ALONE } },
  },
  message: {
    'message to a member': {
      of: open(OLD, OTHER),
      event: { name: 'message', number: OLD, to: OTHER, bytes: BYTES },
    },
    'message to all': {
      of: open(OLD, OTHER),
      event: { name: 'message', number: OLD, to: null, bytes: BYTES },
    },
    'message to all, alone': {
      of: open(ALONE),
      event: { name: 'message', number: ALONE, to: null, bytes: BYTES },
    },
    'message to itself': {
      of: open(OLD, OTHER),
      event: { name: 'message', number: OLD, to: OLD, bytes: BYTES },
    },
    'message to nobody': {
      of: open(OLD, OTHER),
      event: { name: 'message', number: OLD, to: NOBODY, bytes: BYTES },
    },
  },
};

const CASES = Object.values(EVENTS).flatMap((named) => Object.entries(named));

describe('room', () => {
  it('does what the table in docs/PROTOCOL.md section 19 says, and nothing else', () => {
    const rows = CASES.map(([label, { of, event }]) => {
      const { state, effects } = stepRoom(of, event);
      return [of.name, label.trim(), state.name, effects.map(describeEffect).join(', ') || 'none'];
    });
    expect(printedTable('### Room'), printTable(rows)).toEqual(rows);
  });

  it('lists to a newcomer the cards as they are by then, in the order in which their members came', () => {
    const changed = stepRoom(open(OLD, OTHER), { name: 'change', number: OLD, card: 'next' }).state;
    const { effects } = stepRoom(changed, { name: 'enter', number: NEW, stay, card: 'new', maxMembers: 9 });
    const members = [
      { number: OLD, card: 'next' },
      { number: OTHER, card: 'card12' },
    ];
    expect(effects[0]).toEqual({ name: 'entered', stay, number: NEW, members });
  });

  it('changes no state that it was given', () => {
    for (const [, { of, event }] of CASES) {
      const before = JSON.stringify(of, (_key, value) => (value instanceof Map ? [...value] : value));
      stepRoom(of, event);
      expect(JSON.stringify(of, (_key, value) => (value instanceof Map ? [...value] : value))).toBe(before);
    }
  });

  it('stops at what is a bug of the relay: an event of nobody in the room, or a number twice', () => {
    const bugs: RoomEvent[] = [
      { name: 'change', number: NOBODY, card: '' },
      { name: 'leave', number: NOBODY },
      { name: 'message', number: NOBODY, to: null, bytes: BYTES },
    ];
    for (const state of [{ name: 'free' } as const, open(OLD)]) {
      for (const event of bugs) expect(() => stepRoom(state, event)).toThrow(InvariantError);
    }
    const again: RoomEvent = { name: 'enter', number: OLD, stay, card: '', maxMembers: 9 };
    expect(() => stepRoom(open(OLD), again)).toThrow(InvariantError);
  });
});

function describeEffect(effect: RoomEffect): string {
  switch (effect.name) {
    case 'entered':
      return '`entered` to the newcomer';
    case 'refuse':
      return '`refused` with `room-full` to the newcomer';
    case 'notice': {
      const { notice } = effect;
      if (notice.name !== 'message') return `\`${notice.name}\` to the others`;
      return `the message to ${notice.to === null ? 'the others' : 'that member'}`;
    }
  }
}
