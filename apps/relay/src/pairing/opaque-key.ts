// The life of one opaque key, as a pure step: lanes and resumptions meet under these. docs/PROTOCOL.md section 4.

import { InvariantError } from '@p2p-copy/core/foundation';
import { type CloseName, OPAQUE_WAIT_MS, type Role } from '@p2p-copy/core/relay-protocol';
import type { ConnectionId } from './connection-id.ts';
import { type KeyState, UNUSED } from './key-state.ts';

export type OpaqueKeyEvent =
  | { name: 'arrive'; role: Role; connection: ConnectionId }
  | { name: 'gone' }
  | { name: 'expire' };

export type OpaqueKeyEffect =
  | { name: 'ready'; sender: ConnectionId; receiver: ConnectionId }
  | { name: 'close'; whom: ConnectionId; close: CloseName }
  | { name: 'lapse'; afterMs: number };

export interface OpaqueKeyStep {
  state: KeyState;
  effects: OpaqueKeyEffect[];
}

/** @throws InvariantError for an event that can't happen in this state */
export function stepOpaqueKey(state: KeyState, event: OpaqueKeyEvent): OpaqueKeyStep {
  switch (state.name) {
    case 'free':
      return fromFree(state, event);
    case 'waiting':
      return fromWaiting(state, event);
  }
}

function fromFree(state: KeyState, event: OpaqueKeyEvent): OpaqueKeyStep {
  switch (event.name) {
    case 'arrive':
      return wait(event.role, event.connection);
    case 'gone':
    case 'expire':
      throw new InvariantError(`opaque key: ${event.name} while ${state.name}`);
  }
}

function fromWaiting(state: KeyState & { name: 'waiting' }, event: OpaqueKeyEvent): OpaqueKeyStep {
  switch (event.name) {
    case 'arrive': {
      if (event.role === state.role) {
        // Only the two ends know the key, so this is the same end on a newer connection.
        const next = wait(event.role, event.connection);
        return {
          state: next.state,
          effects: [{ name: 'close', whom: state.connection, close: 'replaced' }, ...next.effects],
        };
      }
      const [sender, receiver] =
        state.role === 'sender' ? [state.connection, event.connection] : [event.connection, state.connection];
      return { state: UNUSED, effects: [{ name: 'ready', sender, receiver }] };
    }
    case 'gone':
      return { state: UNUSED, effects: [] };
    case 'expire':
      return { state: UNUSED, effects: [{ name: 'close', whom: state.connection, close: 'wait-expired' }] };
  }
}

function wait(role: Role, connection: ConnectionId): OpaqueKeyStep {
  return {
    state: { name: 'waiting', role, connection },
    effects: [{ name: 'lapse', afterMs: OPAQUE_WAIT_MS }],
  };
}
