// The machine of one classic code hash, over every state and event.

import { InvariantError } from '@p2p-copy/core/foundation';
import { expect, it } from 'vitest';
import { stepClassicCode } from '../../src/classic/code.ts';
import { type DialectKeyEvent, type KeyState, UNUSED } from '../../src/pairing/key-state.ts';

const [OLD, NEW] = [1, 2];

/** Typed by name, so that a new state or event doesn't compile until it stands here. */
const STATES: { [Name in KeyState['name']]: (KeyState & { name: Name })[] } = {
  free: [{ name: 'free' }],
  waiting: [
    { name: 'waiting', role: 'sender', connection: OLD },
    { name: 'waiting', role: 'receiver', connection: OLD },
  ],
};
const EVENTS: { [Name in DialectKeyEvent['name']]: (DialectKeyEvent & { name: Name })[] } = {
  arrive: [
    { name: 'arrive', role: 'sender', connection: NEW },
    { name: 'arrive', role: 'receiver', connection: NEW },
  ],
  gone: [{ name: 'gone' }],
};

const both = 'close the older and refuse the newcomer, classic-duplicate-role';
const TABLE: Record<string, Record<string, [string, string]>> = {
  free: {
    'sender arrives': ['sender waiting', ''],
    'receiver arrives': ['receiver waiting', ''],
    gone: ['impossible', ''],
  },
  'sender waiting': {
    'sender arrives': ['free', both],
    'receiver arrives': ['free', 'ready 1 → 2'],
    gone: ['free', ''],
  },
  'receiver waiting': {
    'sender arrives': ['free', 'ready 2 → 1'],
    'receiver arrives': ['free', both],
    gone: ['free', ''],
  },
};

it('does what the table says, and nothing else', () => {
  const actual: typeof TABLE = {};
  for (const state of Object.values(STATES).flat()) {
    const row: (typeof TABLE)[string] = {};
    actual[labelOf(state)] = row;
    for (const event of Object.values(EVENTS).flat()) {
      const label = event.name === 'arrive' ? `${event.role} arrives` : event.name;
      row[label] = outcomeOf(state, event);
    }
  }
  expect(actual).toEqual(TABLE);
});

it('starts with nobody', () => {
  expect(UNUSED).toEqual({ name: 'free' });
});

function labelOf(state: KeyState): string {
  return state.name === 'free' ? state.name : `${state.role} ${state.name}`;
}

function outcomeOf(state: KeyState, event: DialectKeyEvent): [string, string] {
  let step: ReturnType<typeof stepClassicCode>;
  try {
    step = stepClassicCode(state, event);
  } catch (error) {
    expect(error).toBeInstanceOf(InvariantError);
    return ['impossible', ''];
  }
  const [first, second] = step.effects;
  if (first?.name === 'ready') return [labelOf(step.state), `ready ${first.sender} → ${first.receiver}`];
  if (first === undefined) return [labelOf(step.state), ''];
  expect(step.effects).toEqual([
    { name: 'close', whom: OLD, close: first.close },
    { name: 'refuse', whom: NEW, close: first.close },
  ]);
  expect(second).toBeDefined();
  return [labelOf(step.state), `close the older and refuse the newcomer, ${first.close}`];
}
