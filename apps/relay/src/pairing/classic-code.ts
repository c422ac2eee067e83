// The life of one classic code hash, as a pure step: clients of the Python tool meet under these. docs/CLASSIC.md.

import { InvariantError } from '@p2p-copy/core/foundation';
import type { ClassicCloseName, Role } from '@p2p-copy/core/relay-protocol';
import type { ConnectionId } from './connection-id.ts';

export type ClassicCodeState = { name: 'free' } | { name: 'waiting'; role: Role; connection: ConnectionId };

export type ClassicCodeEvent = { name: 'arrive'; role: Role; connection: ConnectionId } | { name: 'gone' };

export type ClassicCodeEffect =
  | { name: 'ready'; sender: ConnectionId; receiver: ConnectionId }
  | { name: 'refuse'; whom: ConnectionId; close: ClassicCloseName }
  | { name: 'close'; whom: ConnectionId; close: ClassicCloseName };

export interface ClassicCodeStep {
  state: ClassicCodeState;
  effects: ClassicCodeEffect[];
}

export const NOBODY: ClassicCodeState = { name: 'free' };

/** @throws InvariantError for an event that can't happen in this state */
export function stepClassicCode(state: ClassicCodeState, event: ClassicCodeEvent): ClassicCodeStep {
  switch (state.name) {
    case 'free':
      return fromFree(state, event);
    case 'waiting':
      return fromWaiting(state, event);
  }
}

function fromFree(state: ClassicCodeState & { name: 'free' }, event: ClassicCodeEvent): ClassicCodeStep {
  switch (event.name) {
    case 'arrive':
      return { state: { name: 'waiting', role: event.role, connection: event.connection }, effects: [] };
    case 'gone':
      throw new InvariantError(`classic code: ${event.name} while ${state.name}`);
  }
}

function fromWaiting(
  state: ClassicCodeState & { name: 'waiting' },
  event: ClassicCodeEvent,
): ClassicCodeStep {
  switch (event.name) {
    case 'arrive': {
      if (event.role === state.role) {
        // A code is short enough to be guessed or chosen twice, so nobody can tell which of the two is right.
        return {
          state: NOBODY,
          effects: [
            { name: 'close', whom: state.connection, close: 'classic-duplicate-role' },
            { name: 'refuse', whom: event.connection, close: 'classic-duplicate-role' },
          ],
        };
      }
      const [sender, receiver] =
        state.role === 'sender' ? [state.connection, event.connection] : [event.connection, state.connection];
      return { state: NOBODY, effects: [{ name: 'ready', sender, receiver }] };
    }
    case 'gone':
      return { state: NOBODY, effects: [] };
  }
}
