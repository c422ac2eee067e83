// The receiver's state machine: pure. Content passes it by: it hears that all is settled, or of a failure.
// docs/PROTOCOL.md section 11 prints RECEIVER_TABLE; a test compares.
import { TransferError } from '../foundation/errors.ts';
import type { Decision } from '../offer/decision.ts';
import type { ControlMessage } from '../wire/control-message.ts';
import { type TransitionTable, transitionOf } from './machine.ts';

/** Where a receiver’s session stands. */
export type ReceiverState =
  /** The session was lost: on the way to the other end of a transfer that was accepted before. */
  | { name: 'resuming' }
  /** On the way to the sender's nameplate. */
  | { name: 'joining' }
  /** Paired; the key is not verified. */
  | { name: 'proving' }
  /** The key is verified; the manifest is coming, and is checked page by page. */
  | { name: 'listing' }
  /** The manifest is complete and safe; a person decides. */
  | { name: 'reviewing' }
  /** Accepted: content is coming. */
  | { name: 'receiving' }
  /** The sender has sent all; files are being verified and made durable. */
  | { name: 'settling' }
  /** Everything is verified and durable, the receipt sent. */
  | { name: 'confirming' }
  | { name: 'done' }
  /** The other end has lost the session: another one begins. */
  | { name: 'restarted' }
  | { name: 'failed'; error: TransferError };

/** What happens to a receiver’s session. */
export type ReceiverEvent =
  /** Own: met the other end again, for a new session. */
  | { type: 'resumed' }
  /** Own: the other end has come back without the session. */
  | { type: 'restarted' }
  /** Own: the relay paired us. */
  | { type: 'joined' }
  /** Own: the key is verified on both sides. */
  | { type: 'proved' }
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
  /** Own: what the person decided, or why the offer can't be taken here. */
  | Decision
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
export const RECEIVER_TABLE: TransitionTable<StateName, EventName, ReceiverEffect> = {
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
};

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

function isEnd({ name }: ReceiverState): boolean {
  return name === 'done' || name === 'restarted' || name === 'failed';
}

/**
 * The next state after an event, and the effects to perform. An event that the table doesn’t have fails the
 * session.
 */
export function stepReceiver(
  state: ReceiverState,
  event: ReceiverEvent,
): { state: ReceiverState; effects: readonly ReceiverEffect[] } {
  // What still arrives after the end changes nothing.
  if (isEnd(state)) return { state, effects: [] };
  const found = transitionOf(RECEIVER_TABLE, state.name, event.type, (type) => !PEER_EVENTS.has(type));
  if (found === 'violation') {
    return stepReceiver(state, { type: 'failed', error: new TransferError('protocol-violation') });
  }
  return { state: enter(found.next, event), effects: found.effects };
}

function enter(name: StateName, event: ReceiverEvent): ReceiverState {
  switch (name) {
    case 'failed':
      return { name, error: 'error' in event ? event.error : new TransferError('protocol-violation') };
    case 'resuming':
    case 'restarted':
    case 'joining':
    case 'proving':
    case 'listing':
    case 'reviewing':
    case 'receiving':
    case 'settling':
    case 'confirming':
    case 'done':
      return { name };
  }
}
