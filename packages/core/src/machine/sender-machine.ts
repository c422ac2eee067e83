// The sender's state machine: pure. Content and comparison pass it by: it hears that all is sent, or of a failure.
// docs/PROTOCOL.md section 11 prints SENDER_TABLE; a test compares.
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { ControlMessage } from '../wire/control-message.ts';
import { afterGuess, afterVisit, NO_STRANGERS, type Strangers, strangersEnd } from './code-strangers.ts';
import { failureOf, isEnd, phaseOf, type Step, type TransitionTable, transitionOf } from './machine.ts';

/** The objects that hold a sender’s data, phase by phase. The machine hands them on, and looks into none. */
export interface SenderPhases {
  /** From the proof of the key on. */
  offering: unknown;
  /** From `accept` on. */
  sending: unknown;
}

/** Where a sender’s session stands. */
export type SenderState<P extends SenderPhases = SenderPhases> =
  /** The session was lost: on the way to the other end of a transfer that was accepted before. */
  | { name: 'resuming' }
  /** No code yet. */
  | { name: 'allocating'; strangers: Strangers }
  /** The code is known to people; nobody has joined. */
  | { name: 'waiting'; strangers: Strangers }
  /** Someone has joined; the key is not verified. */
  | { name: 'proving'; strangers: Strangers }
  /** The key is verified; the other end reads the manifest and its person decides. */
  | { name: 'offering'; offering: P['offering'] }
  /** What is offered has changed: the other end is told, unless it has accepted meanwhile. */
  | { name: 'withdrawing'; offering: P['offering'] }
  /** Accepted: content is on its way. */
  | { name: 'sending'; sending: P['sending'] }
  /** All content has been sent; the receipt is due. */
  | { name: 'confirming'; sending: P['sending'] }
  | { name: 'done'; sending: P['sending'] }
  /** Another session begins: for files that changed, or, without a phase, since the other end has lost this one. */
  | { name: 'restarted'; sending: P['sending'] | null }
  | { name: 'failed'; error: TransferError };

/** What happens to a sender’s session. */
export type SenderEvent<P extends SenderPhases = SenderPhases> =
  /** Own: met the other end again, for a new session. */
  | { type: 'resumed'; offering: P['offering'] }
  /** Own: the other end has come back without the session. */
  | { type: 'restarted' }
  /** Own: the relay gave a nameplate. */
  | { type: 'allocated' }
  /** Own: the relay paired us. */
  | { type: 'joined' }
  /** Own: the relay forgot the nameplate, and somebody else has it. */
  | { type: 'code-lost' }
  /** Own: who joined left, fell silent or said what isn't a handshake's. `opened`: after the sender's share was opened. */
  | { type: 'joiner-left'; opened: boolean; code: ErrorCode }
  /** Own: who joined confirmed another code, one of `words` words; null for a code that a person chose. */
  | { type: 'guessed-wrong'; words: number | null }
  /** Own: the key is verified on both sides. */
  | { type: 'proved'; offering: P['offering'] }
  /** Own: what is offered has changed. */
  | { type: 'revised' }
  /** Messages of the receiver. */
  | Extract<
      ControlMessage,
      {
        type:
          | 'withdrawn'
          | 'skip'
          | 'delivered'
          | 'refuse'
          | 'compare'
          | 'ack'
          | 'paused'
          | 'continued'
          | 'receipt';
      }
    >
  | { type: 'accept'; sending: P['sending'] }
  | { type: 'decline'; error: TransferError }
  | { type: 'abort'; error: TransferError }
  /** A message that only a sender sends. */
  | { type: 'foreign' }
  /** Own: everything has been handed to the lanes. */
  | { type: 'content-sent'; records: number }
  /** Own: the receipt is what we sent. */
  | { type: 'receipt-right' }
  /** Own: the same, but files changed meanwhile. */
  | { type: 'receipt-partial'; files: number }
  /** Own: cannot go on (cancelled, a lane lost, a receipt that doesn't match, an own failure). */
  | { type: 'failed'; error: TransferError };

/** What a sender’s session is to do. */
export type SenderEffect =
  | 'allocate'
  | 'await joiner'
  | 'shake hands'
  | 'wait again'
  | 'burn code'
  | 'tell lost code'
  | 'release nameplate'
  | 'offer'
  | 'withdraw'
  | 'note skipped'
  | 'note compared'
  | 'send content'
  | 'note ack'
  | 'tell pause'
  | 'send end'
  | 'check receipt'
  | 'send bye'
  | 'send again'
  | 'send abort'
  | 'close';

type StateName = SenderState['name'];
type EventName = SenderEvent['type'];

/** An event that isn't listed fails the transfer: `protocol-violation`. */
export const SENDER_TABLE = {
  resuming: {
    resumed: { next: 'offering', effects: ['offer'] },
    failed: { next: 'failed', effects: ['close'] },
  },
  allocating: {
    allocated: { next: 'waiting', effects: ['await joiner'] },
    failed: { next: 'failed', effects: ['close'] },
  },
  waiting: {
    joined: { next: 'proving', effects: ['shake hands'] },
    'code-lost': { next: 'allocating', effects: ['tell lost code', 'allocate'] },
    failed: { next: 'failed', effects: ['close'] },
  },
  proving: {
    'joiner-left': { next: 'waiting', effects: ['wait again'] },
    'guessed-wrong': { next: 'allocating', effects: ['burn code', 'allocate'] },
    proved: { next: 'offering', effects: ['release nameplate', 'offer'] },
    failed: { next: 'failed', effects: ['close'] },
  },
  offering: {
    revised: { next: 'withdrawing', effects: ['withdraw'] },
    skip: { next: 'offering', effects: ['note skipped'] },
    delivered: { next: 'offering', effects: ['note skipped'] },
    refuse: { next: 'offering', effects: ['note skipped'] },
    compare: { next: 'offering', effects: ['note compared'] },
    accept: { next: 'sending', effects: ['send content'] },
    decline: { next: 'failed', effects: ['close'] },
    restarted: { next: 'restarted', effects: [] },
    abort: { next: 'failed', effects: ['close'] },
    failed: { next: 'failed', effects: ['send abort', 'close'] },
  },
  withdrawing: {
    withdrawn: { next: 'offering', effects: ['offer'] },
    skip: { next: 'withdrawing', effects: ['note skipped'] },
    delivered: { next: 'withdrawing', effects: ['note skipped'] },
    refuse: { next: 'withdrawing', effects: ['note skipped'] },
    compare: { next: 'withdrawing', effects: ['note compared'] },
    accept: { next: 'sending', effects: ['send content'] },
    decline: { next: 'failed', effects: ['close'] },
    restarted: { next: 'restarted', effects: [] },
    abort: { next: 'failed', effects: ['close'] },
    failed: { next: 'failed', effects: ['send abort', 'close'] },
  },
  sending: {
    ack: { next: 'sending', effects: ['note ack'] },
    paused: { next: 'sending', effects: ['tell pause'] },
    continued: { next: 'sending', effects: ['tell pause'] },
    'content-sent': { next: 'confirming', effects: ['send end'] },
    restarted: { next: 'restarted', effects: [] },
    abort: { next: 'failed', effects: ['close'] },
    failed: { next: 'failed', effects: ['send abort', 'close'] },
  },
  confirming: {
    ack: { next: 'confirming', effects: ['note ack'] },
    paused: { next: 'confirming', effects: ['tell pause'] },
    continued: { next: 'confirming', effects: ['tell pause'] },
    receipt: { next: 'confirming', effects: ['check receipt'] },
    'receipt-right': { next: 'done', effects: ['send bye', 'close'] },
    'receipt-partial': { next: 'restarted', effects: ['send again', 'close'] },
    restarted: { next: 'restarted', effects: [] },
    abort: { next: 'failed', effects: ['close'] },
    failed: { next: 'failed', effects: ['send abort', 'close'] },
  },
  done: {},
  restarted: {},
  failed: {},
} as const satisfies TransitionTable<StateName, EventName, SenderEffect>;

const PEER_EVENTS: ReadonlySet<EventName> = new Set([
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
]);

/**
 * The next state after an event, and the effects to perform. An event that the table doesn’t have fails the
 * session.
 */
export function stepSender<P extends SenderPhases>(
  state: SenderState<P>,
  event: SenderEvent<P>,
): Step<SenderState<P>, SenderEvent<P>, SenderEffect> {
  // What still arrives after the end changes nothing.
  if (isEnd(state)) return { state, effects: [], event };
  const found = transitionOf<StateName, EventName, SenderEffect>(
    SENDER_TABLE,
    state.name,
    event.type,
    (type) => !PEER_EVENTS.has(type),
  );
  if (found === 'violation') {
    return stepSender(state, { type: 'failed', error: new TransferError('protocol-violation') });
  }
  const strangers = strangersAfter('strangers' in state ? state.strangers : NO_STRANGERS, event);
  const error = strangersEnd(strangers);
  if (error !== null) {
    const isGuess = event.type === 'guessed-wrong';
    return { state: { name: 'failed', error }, effects: isGuess ? ['burn code', 'close'] : ['close'], event };
  }
  return { state: enter(found.next, event, state, strangers), effects: found.effects, event };
}

function strangersAfter(before: Strangers, event: SenderEvent): Strangers {
  if (event.type === 'guessed-wrong') return afterGuess(before, event.words);
  return event.type === 'joiner-left' ? afterVisit(before, event.opened) : before;
}

function enter<P extends SenderPhases>(
  name: StateName,
  event: SenderEvent<P>,
  before: SenderState<P>,
  strangers: Strangers,
): SenderState<P> {
  switch (name) {
    case 'allocating':
    case 'waiting':
    case 'proving':
      return { name, strangers };
    case 'failed':
      return { name, error: failureOf(event) };
    case 'offering':
    case 'withdrawing':
      return { name, offering: phaseOf('offering', event, before) };
    case 'sending':
    case 'confirming':
    case 'done':
      return { name, sending: phaseOf('sending', event, before) };
    case 'restarted':
      return { name, sending: event.type === 'restarted' ? null : phaseOf('sending', event, before) };
    case 'resuming':
      return { name };
  }
}
