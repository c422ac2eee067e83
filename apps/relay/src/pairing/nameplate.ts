// The life of one nameplate, as a pure step. docs/PROTOCOL.md section 11 prints this table; a test compares them.

import { InvariantError } from '@p2p-copy/core/foundation';
import {
  type CloseName,
  type ErrorDetails,
  NAMEPLATE_QUARANTINE_MS,
  NAMEPLATE_RESERVED_MS,
} from '@p2p-copy/core/relay-protocol';
import type { ConnectionId } from './connection-id.ts';
import { isSameToken } from './is-same-token.ts';

export type NameplateState =
  | { name: 'free' }
  | { name: 'waiting'; token: string; sender: ConnectionId }
  | { name: 'joined'; token: string; sender: ConnectionId; receiver: ConnectionId }
  | { name: 'away'; token: string }
  | { name: 'released' };

export type NameplateEvent =
  /** `isDrawn`: nobody chose this number, so another one does as well. `token`: a new one, or that under which the sender held it. */
  | { name: 'allocate'; sender: ConnectionId; token: string; isDrawn: boolean }
  | { name: 'sender'; sender: ConnectionId; token: string | null }
  | { name: 'receiver'; receiver: ConnectionId }
  /** The connection of a sender that waits was lost: it may come back. */
  | { name: 'sender lost' }
  /** A sender that waits has closed its connection: it gives its nameplate up. */
  | { name: 'sender left' }
  | { name: 'pair ended' }
  | { name: 'release' }
  | { name: 'expire' };

export type NameplateEffect =
  | { name: 'allocated'; to: ConnectionId; token: string }
  | { name: 'ready'; sender: ConnectionId; receiver: ConnectionId }
  | { name: 'refuse'; whom: ConnectionId; close: CloseName; details?: ErrorDetails }
  | { name: 'close'; whom: ConnectionId; close: CloseName }
  | { name: 'lapse'; afterMs: number };

/** What a sender shows that holds a nameplate. */
export interface NameplateClaim {
  nameplate: string;
  token: string | null;
}

export interface NameplateStep {
  /** The very same object when the event was refused: deadlines then stand as they are. */
  state: NameplateState;
  effects: NameplateEffect[];
}

export const FREE: NameplateState = { name: 'free' };

/** @throws InvariantError for an event that can't happen in this state */
export function stepNameplate(state: NameplateState, event: NameplateEvent): NameplateStep {
  switch (state.name) {
    case 'free':
    case 'released':
      return fromUnreserved(state, event);
    case 'waiting':
      return fromWaiting(state, event);
    case 'joined':
      return fromJoined(state, event);
    case 'away':
      return fromAway(state, event);
  }
}

/** A released nameplate differs from a free one only in that it isn't drawn: a person who chose its number gets it. */
function fromUnreserved(state: NameplateState, event: NameplateEvent): NameplateStep {
  switch (event.name) {
    case 'allocate':
      if (state.name === 'released' && event.isDrawn) return refuse(state, event.sender, 'code-in-use');
      return {
        state: { name: 'waiting', token: event.token, sender: event.sender },
        effects: [{ name: 'allocated', to: event.sender, token: event.token }],
      };
    case 'sender':
      return refuse(state, event.sender, 'unknown-code');
    case 'receiver':
      return refuse(state, event.receiver, 'unknown-code');
    case 'expire':
      return state.name === 'released' ? { state: FREE, effects: [] } : bug(state, event);
    case 'sender lost':
    case 'sender left':
    case 'pair ended':
    case 'release':
      return bug(state, event);
  }
}

function fromWaiting(state: NameplateState & { name: 'waiting' }, event: NameplateEvent): NameplateStep {
  switch (event.name) {
    case 'allocate':
    case 'sender':
      // Someone without the token is told what is true for them: their own code is gone.
      if (!isSameToken(state.token, event.token)) return refuseStranger(state, event);
      return {
        state: { ...state, sender: event.sender },
        effects: [{ name: 'close', whom: state.sender, close: 'replaced' }, ...answerTo(event)],
      };
    case 'receiver':
      return {
        state: { name: 'joined', token: state.token, sender: state.sender, receiver: event.receiver },
        effects: [{ name: 'ready', sender: state.sender, receiver: event.receiver }],
      };
    case 'sender lost':
      return reserve(state.token);
    case 'sender left':
      return release();
    case 'pair ended':
    case 'release':
    case 'expire':
      return bug(state, event);
  }
}

function fromJoined(state: NameplateState & { name: 'joined' }, event: NameplateEvent): NameplateStep {
  switch (event.name) {
    case 'allocate':
    case 'sender':
      if (!isSameToken(state.token, event.token)) return refuseStranger(state, event);
      // Its older connection is dead and the relay hasn't noticed yet, so the pair is dead too.
      return {
        state: { name: 'waiting', token: state.token, sender: event.sender },
        effects: [
          { name: 'close', whom: state.sender, close: 'replaced' },
          { name: 'close', whom: state.receiver, close: 'peer-left' },
          ...answerTo(event),
        ],
      };
    case 'receiver':
      return refuse(state, event.receiver, 'code-in-use');
    case 'pair ended':
      return reserve(state.token);
    case 'release':
      return release();
    case 'sender lost':
    case 'sender left':
    case 'expire':
      return bug(state, event);
  }
}

function fromAway(state: NameplateState & { name: 'away' }, event: NameplateEvent): NameplateStep {
  switch (event.name) {
    case 'allocate':
    case 'sender':
      if (!isSameToken(state.token, event.token)) return refuseStranger(state, event);
      return {
        state: { name: 'waiting', token: state.token, sender: event.sender },
        effects: answerTo(event),
      };
    case 'receiver':
      return {
        state,
        effects: [{ name: 'refuse', whom: event.receiver, close: 'code-in-use', details: { away: true } }],
      };
    case 'expire':
      return release();
    case 'sender lost':
    case 'sender left':
    case 'pair ended':
    case 'release':
      return bug(state, event);
  }
}

type Comer = NameplateEvent & { name: 'allocate' | 'sender' };

/** Who only waits again is told nothing until somebody joins; who asked is told the nameplate. */
function answerTo(event: Comer): NameplateEffect[] {
  return event.name === 'sender' ? [] : [{ name: 'allocated', to: event.sender, token: event.token }];
}

function refuseStranger(state: NameplateState, event: Comer): NameplateStep {
  return refuse(state, event.sender, event.name === 'sender' ? 'unknown-code' : 'code-in-use');
}

function reserve(token: string): NameplateStep {
  return { state: { name: 'away', token }, effects: [{ name: 'lapse', afterMs: NAMEPLATE_RESERVED_MS }] };
}

function release(): NameplateStep {
  return { state: { name: 'released' }, effects: [{ name: 'lapse', afterMs: NAMEPLATE_QUARANTINE_MS }] };
}

function refuse(state: NameplateState, whom: ConnectionId, close: CloseName): NameplateStep {
  return { state, effects: [{ name: 'refuse', whom, close }] };
}

function bug(state: NameplateState, event: NameplateEvent): never {
  throw new InvariantError(`nameplate: ${event.name} while ${state.name}`);
}
