// The receiver's state machine: pure. Content passes it by: it hears that all is settled, or of a failure.
// docs/PROTOCOL.md section 11 prints RECEIVER_TABLE; a test compares.
import { TransferError } from '../foundation/errors.ts';
import type { Refusal } from '../offer/decision.ts';
import type { ControlMessage } from '../wire/control-message.ts';
import { phaseOf, type Step, type TransitionTable, transitionOf } from './machine.ts';

/** The objects that hold a receiver’s data, phase by phase. The machine hands them on, and looks into none. */
export interface ReceiverPhases {
  /** From the rendezvous on, of a meeting by code. */
  joining: unknown;
  /** From the proof of the key on. */
  reviewing: unknown;
  /** From the person’s yes on. */
  receiving: unknown;
}

/** Where a receiver’s session stands. */
export type ReceiverState<P extends ReceiverPhases = ReceiverPhases> =
  /** The session was lost: on the way to the other end of a transfer that was accepted before. */
  | { name: 'resuming' }
  /** On the way to the sender's nameplate. */
  | { name: 'joining' }
  /** Paired; the key is not verified. */
  | { name: 'proving' }
  /** The key is verified; the manifest is coming, and is checked page by page. */
  | { name: 'listing'; reviewing: P['reviewing'] }
  /** The manifest is complete and safe; a person decides. */
  | { name: 'reviewing'; reviewing: P['reviewing'] }
  /** Accepted: content is coming. */
  | { name: 'receiving'; receiving: P['receiving'] }
  /** The sender has sent all; files are being verified and made durable. */
  | { name: 'settling'; receiving: P['receiving'] }
  /** Everything is verified and durable, the receipt sent. */
  | { name: 'confirming'; receiving: P['receiving'] }
  | { name: 'done'; receiving: P['receiving'] }
  /** Another session begins: for files that changed, or, without a phase, since the other end has lost this one. */
  | { name: 'restarted'; receiving: P['receiving'] | null }
  | { name: 'failed'; error: TransferError };

/** What happens to a receiver’s session. */
export type ReceiverEvent<P extends ReceiverPhases = ReceiverPhases> =
  /** Own: met the other end again, for a new session. */
  | { type: 'resumed'; reviewing: P['reviewing'] }
  /** Own: the other end has come back without the session. */
  | { type: 'restarted' }
  /** Own: the relay paired us. */
  | { type: 'joined'; joining: P['joining'] }
  /** Own: the key is verified on both sides. */
  | { type: 'proved'; reviewing: P['reviewing'] }
  /** Messages of the sender. */
  | Extract<
      ControlMessage,
      {
        type:
          | 'manifest'
          | 'manifest-end'
          | 'withdraw'
          | 'open-lane'
          | 'file-failed'
          | 'end'
          | 'bye'
          | 'again';
      }
    >
  | { type: 'abort'; error: TransferError }
  /** A message that only a receiver sends. */
  | { type: 'foreign' }
  /** Own: the person accepted. */
  | { type: 'accepted'; receiving: P['receiving'] }
  /** Own: the person declined, or the offer can't be taken here. */
  | Refusal
  /** Own: every file is committed. */
  | { type: 'settled' }
  /** Own: the connection ended, or no `bye` came in time. */
  | { type: 'lane-lost'; error: TransferError }
  /** Own: cannot go on (cancelled, own failure). */
  | { type: 'failed'; error: TransferError };

/** What a receiver’s session is to do. */
export type ReceiverEffect =
  | 'shake hands'
  | 'check entries'
  | 'review offer'
  | 'take back'
  | 'send withdrawn'
  | 'send accept'
  | 'send decline'
  | 'open lane'
  | 'drop file'
  | 'note end'
  | 'send receipt'
  | 'tell again'
  | 'send abort'
  | 'stop writing'
  | 'close';

type StateName = ReceiverState['name'];
type EventName = ReceiverEvent['type'];

/** An event that isn't listed fails the transfer: `protocol-violation`. */
export const RECEIVER_TABLE = {
  resuming: {
    resumed: { next: 'listing', effects: [] },
    failed: { next: 'failed', effects: ['close'] },
  },
  joining: {
    joined: { next: 'proving', effects: ['shake hands'] },
    failed: { next: 'failed', effects: ['close'] },
  },
  proving: {
    proved: { next: 'listing', effects: [] },
    failed: { next: 'failed', effects: ['close'] },
  },
  listing: {
    manifest: { next: 'listing', effects: ['check entries'] },
    'manifest-end': { next: 'reviewing', effects: ['review offer'] },
    refused: { next: 'failed', effects: ['send decline', 'close'] },
    restarted: { next: 'restarted', effects: [] },
    abort: { next: 'failed', effects: ['close'] },
    'lane-lost': { next: 'failed', effects: ['close'] },
    failed: { next: 'failed', effects: ['send abort', 'close'] },
  },
  reviewing: {
    withdraw: { next: 'listing', effects: ['take back', 'send withdrawn'] },
    accepted: { next: 'receiving', effects: ['send accept'] },
    refused: { next: 'failed', effects: ['send decline', 'close'] },
    restarted: { next: 'restarted', effects: [] },
    abort: { next: 'failed', effects: ['close'] },
    'lane-lost': { next: 'failed', effects: ['close'] },
    failed: { next: 'failed', effects: ['send abort', 'close'] },
  },
  receiving: {
    // The sender will find that this end had accepted.
    withdraw: { next: 'receiving', effects: [] },
    'open-lane': { next: 'receiving', effects: ['open lane'] },
    'file-failed': { next: 'receiving', effects: ['drop file'] },
    end: { next: 'settling', effects: ['note end'] },
    restarted: { next: 'restarted', effects: ['stop writing'] },
    abort: { next: 'failed', effects: ['stop writing', 'close'] },
    'lane-lost': { next: 'failed', effects: ['stop writing', 'close'] },
    failed: { next: 'failed', effects: ['stop writing', 'send abort', 'close'] },
  },
  settling: {
    settled: { next: 'confirming', effects: ['send receipt'] },
    restarted: { next: 'restarted', effects: ['stop writing'] },
    abort: { next: 'failed', effects: ['stop writing', 'close'] },
    'lane-lost': { next: 'failed', effects: ['stop writing', 'close'] },
    failed: { next: 'failed', effects: ['stop writing', 'send abort', 'close'] },
  },
  confirming: {
    bye: { next: 'done', effects: ['close'] },
    again: { next: 'restarted', effects: ['tell again', 'close'] },
    restarted: { next: 'restarted', effects: [] },
    // The files are all here, whether or not the sender heard it.
    abort: { next: 'done', effects: ['close'] },
    'lane-lost': { next: 'done', effects: ['close'] },
    failed: { next: 'done', effects: ['close'] },
  },
  done: {},
  restarted: {},
  failed: {},
} as const satisfies TransitionTable<StateName, EventName, ReceiverEffect>;

const PEER_EVENTS: ReadonlySet<EventName> = new Set([
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
]);

function isEnd({ name }: { name: StateName }): boolean {
  return name === 'done' || name === 'restarted' || name === 'failed';
}

/**
 * The next state after an event, and the effects to perform. An event that the table doesn’t have fails the
 * session.
 */
export function stepReceiver<P extends ReceiverPhases>(
  state: ReceiverState<P>,
  event: ReceiverEvent<P>,
): Step<ReceiverState<P>, ReceiverEvent<P>, ReceiverEffect> {
  // What still arrives after the end changes nothing.
  if (isEnd(state)) return { state, effects: [], event };
  const found = transitionOf<StateName, EventName, ReceiverEffect>(
    RECEIVER_TABLE,
    state.name,
    event.type,
    (type) => !PEER_EVENTS.has(type),
  );
  if (found === 'violation') {
    return stepReceiver(state, { type: 'failed', error: new TransferError('protocol-violation') });
  }
  return { state: enter(found.next, event, state), effects: found.effects, event };
}

function enter<P extends ReceiverPhases>(
  name: StateName,
  event: ReceiverEvent<P>,
  before: ReceiverState<P>,
): ReceiverState<P> {
  switch (name) {
    case 'failed':
      return { name, error: 'error' in event ? event.error : new TransferError('protocol-violation') };
    case 'listing':
    case 'reviewing':
      return { name, reviewing: phaseOf('reviewing', event, before) };
    case 'receiving':
    case 'settling':
    case 'confirming':
    case 'done':
      return { name, receiving: phaseOf('receiving', event, before) };
    case 'restarted':
      return { name, receiving: event.type === 'restarted' ? null : phaseOf('receiving', event, before) };
    case 'resuming':
    case 'joining':
    case 'proving':
      return { name };
  }
}
