import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransferError } from '../../src/foundation/errors.ts';
import { InvariantError } from '../../src/foundation/invariant.ts';
import { afterGuess, NO_STRANGERS, strangersEnd, wordsOfNext } from '../../src/machine/code-strangers.ts';
import {
  RECEIVER_TABLE,
  type ReceiverEvent,
  type ReceiverState,
  stepReceiver,
} from '../../src/machine/receiver-machine.ts';
import {
  SENDER_TABLE,
  type SenderEvent,
  type SenderState,
  stepSender,
} from '../../src/machine/sender-machine.ts';

const error = new TransferError('interrupted');
// A payload that satisfies every event: the machines read none of it but `error`, `words` and `opened`.
const payload = { error, words: 2, opened: false, file: null };
/** The data of all phases, each once: they are handed on and never looked into. */
const phases = { joining: {}, offering: {}, sending: {}, reviewing: {}, receiving: {} };

const senderEvents = [
  'resumed',
  'restarted',
  'paused',
  'continued',
  'allocated',
  'joined',
  'code-lost',
  'joiner-left',
  'guessed-wrong',
  'proved',
  'revised',
  'withdrawn',
  'skip',
  'delivered',
  'refuse',
  'compare',
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
  'resumed',
  'restarted',
  'joined',
  'proved',
  'manifest',
  'manifest-end',
  'withdraw',
  'open-lane',
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
    'delivered',
    'refuse',
    'compare',
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
      stepSender(state as SenderState, { ...payload, ...phases, type } as unknown as SenderEvent),
    initial: { name: 'allocating', strangers: NO_STRANGERS },
    other: 'resuming',
  },
  receiver: {
    table: RECEIVER_TABLE as Record<string, Record<string, { next: string }>>,
    events: receiverEvents,
    step: (state: object, type: string) =>
      stepReceiver(state as ReceiverState, { ...payload, ...phases, type } as unknown as ReceiverEvent),
    initial: { name: 'joining' },
    other: 'resuming',
  },
};

describe.each(['sender', 'receiver'] as const)('the %s’s machine', (side) => {
  const { table, events, step, initial, other } = machines[side];

  it('does what its table says, for every state and event', () => {
    for (const [name, row] of Object.entries(table)) {
      for (const type of events) {
        const state = { name, strangers: NO_STRANGERS, error, ...phases };
        if (['done', 'restarted', 'failed'].includes(name)) {
          expect(step(state, type)).toMatchObject({ state, effects: [] });
        } else if (row[type]) {
          expect(step(state, type).state.name).toBe(row[type].next);
        } else if (peerEvents[side].includes(type)) {
          // A violation: the receiver that has everything stays done, everyone else fails.
          const { state: after, effects, event } = step(state, type);
          expect(after).toMatchObject(
            table[name]!.failed!.next === 'done'
              ? { name: 'done' }
              : { name: 'failed', error: { code: 'protocol-violation' } },
          );
          expect(effects).toContain('close');
          // Whoever performs them sees the failure, and never an event that no effect of theirs expects.
          expect(event).toMatchObject({ type: 'failed', error: { code: 'protocol-violation' } });
        } else {
          expect(() => step(state, type)).toThrow(InvariantError);
        }
      }
    }
  });

  it('hands the data of a phase on as long as it lasts, whatever an event of the other end claims to bring', () => {
    for (const [name, row] of Object.entries(table)) {
      for (const type of Object.keys(row)) {
        const own = { offering: { of: 1 }, sending: { of: 2 }, reviewing: { of: 3 }, receiving: { of: 4 } };
        const before = { name, strangers: NO_STRANGERS, ...own };
        const { state: after } = step(before, type);
        for (const [phase, data] of Object.entries(own))
          if (phase in after && type !== 'restarted') expect(after).toHaveProperty(phase, data);
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

/** What comes of a sender by code to whom these things happen, one after the other. */
function afterEvents(...events: ('guess' | 'chosen' | 'opened' | 'garbage')[]): SenderState {
  let state: SenderState = { name: 'allocating', strangers: NO_STRANGERS };
  let words = 2;
  for (const what of events) {
    if (state.name === 'allocating') state = stepSender(state, { type: 'allocated' }).state;
    state = stepSender(state, { type: 'joined' }).state;
    const isGuess = what === 'guess' || what === 'chosen';
    const event: SenderEvent = isGuess
      ? { type: 'guessed-wrong', words: what === 'chosen' ? null : words++ }
      : { type: 'joiner-left', opened: what === 'opened', code: 'peer-gone' };
    state = stepSender(state, event).state;
  }
  return state;
}

const times = <T>(count: number, what: T) => Array.from({ length: count }, () => what);

describe('strangers at a code', () => {
  it('burn at most ten codes by wrong guesses', () => {
    expect(afterEvents(...times(9, 'guess' as const))).toMatchObject({ name: 'allocating' });
    const last = afterEvents(...times(10, 'guess' as const));
    expect(last).toMatchObject({ name: 'failed', error: { code: 'wrong-code' } });
  });

  it('end a code that was chosen by one guess', () => {
    expect(afterEvents('chosen')).toMatchObject({ name: 'failed', error: { code: 'wrong-code' } });
  });

  it('burn nothing by what is no guess, a thousand times', () => {
    const state = afterEvents(...times(1000, 'garbage' as const));
    expect(state).toEqual({ name: 'waiting', strangers: NO_STRANGERS });
  });

  it('leave at most 20 times after they have seen the sender’s share, over all codes', () => {
    const before = [...times(10, 'opened' as const), 'guess' as const, ...times(9, 'opened' as const)];
    expect(afterEvents(...before)).toMatchObject({ name: 'waiting' });
    const last = afterEvents(...before, 'opened');
    expect(last).toMatchObject({ name: 'failed', error: { code: 'code-disturbed' } });
  });
});

describe('the chance that a stranger guesses right', () => {
  it('stays under the budget for one send, since each code has one word more', () => {
    let strangers = NO_STRANGERS;
    for (let guess = 0; guess < 9; guess += 1) {
      strangers = afterGuess(strangers, wordsOfNext(2, strangers.burnedCodes));
      expect(strangersEnd(strangers)).toBeNull();
    }
    expect(wordsOfNext(2, strangers.burnedCodes)).toBe(11);
    expect(strangers.chance).toBeLessThan(2 ** -21.9);
  });

  it.each([
    ['one word', 1],
    ['a secret that a person chose', null],
  ])('is over the budget with one guess at %s', (_what, words) => {
    expect(strangersEnd(afterGuess(NO_STRANGERS, words))).toMatchObject({ code: 'wrong-code' });
  });

  it('is within the budget as long as it says, and over it then', () => {
    let strangers = NO_STRANGERS;
    const ended: boolean[] = [];
    for (let guess = 1; guess <= 9; guess += 1) {
      strangers = afterGuess(strangers, 2);
      ended.push(strangersEnd(strangers) !== null);
    }
    // 8 × 2^−22 is 2^−19.
    expect(ended).toEqual([...times(8, false), true]);
  });

  it('needs no more than twelve words', () => {
    expect(wordsOfNext(12, 3)).toBe(12);
  });
});
