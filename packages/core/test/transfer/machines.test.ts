import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError, TransferError } from '../../src/foundation/errors.ts';
import {
  RECEIVER_TABLE,
  type ReceiverEvent,
  type ReceiverState,
  stepReceiver,
} from '../../src/transfer/receiver-machine.ts';
import {
  SENDER_TABLE,
  type SenderEvent,
  type SenderState,
  stepSender,
} from '../../src/transfer/sender-machine.ts';

const error = new TransferError('interrupted');
// A payload that satisfies every event: the machines read none of it but `error` and `retry`.
const payload = { error, retry: true, file: null };

const senderEvents = [
  'rejoined',
  'restarted',
  'have',
  'paused',
  'continued',
  'allocated',
  'joined',
  'joiner-left',
  'guessed-wrong',
  'proved',
  'revised',
  'withdrawn',
  'skip',
  'accept',
  'decline',
  'ack',
  'receipt',
  'abort',
  'foreign',
  'content-sent',
  'receipt-right',
  'receipt-partial',
  'failed',
];
const receiverEvents = [
  'rejoined',
  'restarted',
  'joined',
  'proved',
  'manifest',
  'manifest-end',
  'withdraw',
  'open-lane',
  'content',
  'file-failed',
  'end',
  'bye',
  'again',
  'abort',
  'foreign',
  'accepted',
  'refused',
  'settled',
  'lane-lost',
  'failed',
];
const peerEvents = {
  sender: [
    'withdrawn',
    'skip',
    'have',
    'accept',
    'decline',
    'ack',
    'paused',
    'continued',
    'receipt',
    'abort',
    'foreign',
  ],
  receiver: [
    'manifest',
    'manifest-end',
    'withdraw',
    'open-lane',
    'content',
    'file-failed',
    'end',
    'bye',
    'again',
    'abort',
    'foreign',
  ],
};

const machines = {
  sender: {
    table: SENDER_TABLE as Record<string, Record<string, { next: string }>>,
    events: senderEvents,
    step: (state: object, type: string) =>
      stepSender(state as SenderState, { ...payload, type } as unknown as SenderEvent),
    initial: { name: 'allocating', burnedCodes: 0 },
    other: 'rejoining',
  },
  receiver: {
    table: RECEIVER_TABLE as Record<string, Record<string, { next: string }>>,
    events: receiverEvents,
    step: (state: object, type: string) =>
      stepReceiver(state as ReceiverState, { ...payload, type } as unknown as ReceiverEvent),
    initial: { name: 'joining' },
    other: 'rejoining',
  },
};

describe.each(['sender', 'receiver'] as const)('the %s’s machine', (side) => {
  const { table, events, step, initial, other } = machines[side];

  it('does what its table says, for every state and event', () => {
    for (const [name, row] of Object.entries(table)) {
      for (const type of events) {
        const state = { name, burnedCodes: 0, error };
        if (['done', 'restarted', 'failed'].includes(name)) {
          expect(step(state, type)).toEqual({ state, effects: [] });
        } else if (row[type]) {
          expect(step(state, type).state.name).toBe(row[type].next);
        } else if (peerEvents[side].includes(type)) {
          // A violation: the receiver that has everything stays done, everyone else fails.
          const { state: after, effects } = step(state, type);
          expect(after).toMatchObject(
            table[name]!.failed!.next === 'done'
              ? { name: 'done' }
              : { name: 'failed', error: { code: 'protocol-violation' } },
          );
          expect(effects).toContain('close');
        } else {
          expect(() => step(state, type)).toThrow(InvariantError);
        }
      }
    }
  });

  it('mentions no event that does not exist, and reaches every state', () => {
    const reached = new Set([other, initial.name]);
    for (const row of Object.values(table)) {
      for (const [type, { next }] of Object.entries(row)) {
        expect(events).toContain(type);
        reached.add(next);
      }
    }
    expect([...reached].sort()).toEqual(Object.keys(table).sort());
  });

  it('ends at most once, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (sequence) => {
        let state: { name: string } = initial;
        for (const type of sequence) {
          const before = state;
          try {
            state = step(state, type).state;
          } catch (bug) {
            expect(bug).toBeInstanceOf(InvariantError);
          }
          if (before.name === 'done' || before.name === 'failed') expect(state).toBe(before);
        }
      }),
    );
  });
});

describe('wrong guesses', () => {
  it('burn at most ten codes', () => {
    let state: SenderState = { name: 'allocating', burnedCodes: 0 };
    for (let guess = 1; guess <= 10; guess += 1) {
      for (const type of ['allocated', 'joined'] as const) state = stepSender(state, { type }).state;
      state = stepSender(state, { type: 'guessed-wrong', retry: true }).state;
      expect(state.name).toBe(guess < 10 ? 'allocating' : 'failed');
    }
    expect(state).toMatchObject({ error: { code: 'wrong-code' } });
  });

  it('end a code that was chosen', () => {
    const { state, effects } = stepSender(
      { name: 'proving', burnedCodes: 0 },
      { type: 'guessed-wrong', retry: false },
    );
    expect(state).toMatchObject({ name: 'failed', error: { code: 'wrong-code' } });
    expect(effects).toEqual(['burn code', 'close']);
  });
});
