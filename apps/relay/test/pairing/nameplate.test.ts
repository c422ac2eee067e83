// Holds the nameplate machine to the table in docs/PROTOCOL.md, over every state and event.
import { readFileSync } from 'node:fs';
import { InvariantError } from '@p2p-copy/core/foundation';
import { describe, expect, it } from 'vitest';
import {
  type NameplateEffect,
  type NameplateEvent,
  type NameplateState,
  stepNameplate,
} from '../../src/pairing/nameplate.ts';

const [OLD_SENDER, OLD_RECEIVER, NEW_SENDER, NEW_RECEIVER] = [1, 2, 3, 4];
const TOKEN = 'AAAAAAAAAAAAAAAAAAAAAA';
const OTHER_TOKEN = 'BBBBBBBBBBBBBBBBBBBBBB';

/** Typed by name, so that a new state or event doesn't compile until it stands here. */
const STATES: { [Name in NameplateState['name']]: NameplateState & { name: Name } } = {
  free: { name: 'free' },
  waiting: { name: 'waiting', token: TOKEN, sender: OLD_SENDER },
  joined: { name: 'joined', token: TOKEN, sender: OLD_SENDER, receiver: OLD_RECEIVER },
  away: { name: 'away', token: TOKEN },
  released: { name: 'released' },
};

const EVENTS: { [Name in NameplateEvent['name']]: Record<string, NameplateEvent & { name: Name }> } = {
  allocate: {
    allocate: { name: 'allocate', sender: NEW_SENDER, token: OTHER_TOKEN, isDrawn: false },
    'allocate, its token': { name: 'allocate', sender: NEW_SENDER, token: TOKEN, isDrawn: false },
    'allocate, drawn': { name: 'allocate', sender: NEW_SENDER, token: OTHER_TOKEN, isDrawn: true },
  },
  sender: {
    'sender, its token': { name: 'sender', sender: NEW_SENDER, token: TOKEN },
    'sender, another token or none': { name: 'sender', sender: NEW_SENDER, token: OTHER_TOKEN },
  },
  receiver: { receiver: { name: 'receiver', receiver: NEW_RECEIVER } },
  'sender lost': { 'sender lost': { name: 'sender lost' } },
  'sender left': { 'sender left': { name: 'sender left' } },
  'pair ended': { 'pair ended': { name: 'pair ended' } },
  release: { release: { name: 'release' } },
  expire: { expire: { name: 'expire' } },
};

describe('nameplate', () => {
  it('does what the table in docs/PROTOCOL.md section 11 says, and nothing else', () => {
    const page = readFileSync(new URL('../../../../docs/PROTOCOL.md', import.meta.url), 'utf8');
    const rows = tableUnder('### Nameplate', page);
    expect(
      rows,
      `docs/PROTOCOL.md has no table under "### Nameplate". The code says:\n${printTable()}`,
    ).not.toBe(null);
    expect(rows).toEqual(tableRows());
  });

  it('treats a missing token as a wrong one', () => {
    for (const state of Object.values(STATES)) {
      const without = stepNameplate(state, { name: 'sender', sender: NEW_SENDER, token: null });
      expect(without.effects).toEqual([{ name: 'refuse', whom: NEW_SENDER, close: 'unknown-code' }]);
      expect(without.state).toBe(state);
    }
  });

  it('keeps the very same state when it refuses', () => {
    for (const state of Object.values(STATES)) {
      for (const event of Object.values(EVENTS).flatMap((named) => Object.values(named))) {
        const step = attempt(state, event);
        if (step?.effects.some((effect) => effect.name === 'refuse')) expect(step.state).toBe(state);
      }
    }
  });
});

function tableRows(): string[][] {
  const rows: string[][] = [];
  for (const state of Object.values(STATES)) {
    for (const [label, event] of Object.values(EVENTS).flatMap((named) => Object.entries(named))) {
      const step = attempt(state, event);
      if (step === null) continue;
      const effects = step.effects.map(describeEffect).join(', ') || 'none';
      rows.push([state.name, label, step.state.name, effects]);
    }
  }
  return rows;
}

/** null for what can't happen: there the machine throws, and only an InvariantError. */
function attempt(state: NameplateState, event: NameplateEvent): ReturnType<typeof stepNameplate> | null {
  try {
    return stepNameplate(state, event);
  } catch (error) {
    expect(error).toBeInstanceOf(InvariantError);
    return null;
  }
}

function describeEffect(effect: NameplateEffect): string {
  switch (effect.name) {
    case 'allocated':
      return `\`allocated\` to the ${nameOf(effect.to)}`;
    case 'ready':
      return `\`ready\` to the ${nameOf(effect.sender)} and the ${nameOf(effect.receiver)}`;
    case 'refuse':
      return `refuse with \`${effect.close}\`${effect.details?.away ? ', away' : ''}`;
    case 'close':
      return `close the ${nameOf(effect.whom)} with \`${effect.close}\``;
    case 'lapse':
      return `expire in ${effect.afterMs / 1000} s`;
  }
}

function nameOf(connection: number): string {
  return { [OLD_SENDER!]: 'older sender', [OLD_RECEIVER!]: 'older receiver' }[connection] ?? 'newcomer';
}

function printTable(): string {
  const rows = tableRows().map((row) => `| ${row.join(' | ')} |`);
  return ['| state | event | next | effect |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function tableUnder(heading: string, page: string): string[][] | null {
  const lines = page.split('\n');
  const at = lines.indexOf(heading);
  if (at === -1) return null;
  const end = lines.findIndex((line, index) => index > at && line.startsWith('#'));
  const cells = lines
    .slice(at + 1, end === -1 ? undefined : end)
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  const [head, rule, ...rows] = cells;
  expect(head).toEqual(['state', 'event', 'next', 'effect']);
  expect(rule?.every((cell) => /^-+$/.test(cell))).toBe(true);
  return rows;
}
