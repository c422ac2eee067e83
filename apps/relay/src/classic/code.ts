// The life of one classic code hash, as a pure step: clients of the Python tool meet under these. docs/CLASSIC.md.

import { InvariantError } from '@p2p-copy/core/foundation';
import { type DialectKeyEvent, type DialectKeyStep, type KeyState, UNUSED } from '../pairing/key-state.ts';

/** @throws InvariantError for an event that can't happen in this state */
export function stepClassicCode(state: KeyState, event: DialectKeyEvent): DialectKeyStep {
  switch (state.name) {
    case 'free':
      return fromFree(state, event);
    case 'waiting':
      return fromWaiting(state, event);
  }
}

function fromFree(state: KeyState, event: DialectKeyEvent): DialectKeyStep {
  switch (event.name) {
    case 'arrive':
      return { state: { name: 'waiting', role: event.role, connection: event.connection }, effects: [] };
    case 'gone':
      throw new InvariantError(`classic code: ${event.name} while ${state.name}`);
  }
}

function fromWaiting(state: KeyState & { name: 'waiting' }, event: DialectKeyEvent): DialectKeyStep {
  switch (event.name) {
    case 'arrive': {
      if (event.role === state.role) {
        // A code is short enough to be guessed or chosen twice, so nobody can tell which of the two is right.
        return {
          state: UNUSED,
          effects: [
            { name: 'close', whom: state.connection, close: 'classic-duplicate-role' },
            { name: 'refuse', whom: event.connection, close: 'classic-duplicate-role' },
          ],
        };
      }
      const [sender, receiver] =
        state.role === 'sender' ? [state.connection, event.connection] : [event.connection, state.connection];
      return { state: UNUSED, effects: [{ name: 'ready', sender, receiver }] };
    }
    case 'gone':
      return { state: UNUSED, effects: [] };
  }
}
