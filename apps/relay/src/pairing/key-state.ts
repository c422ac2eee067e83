// A key under which one end at a time waits and which forgets everybody who leaves: an opaque key, or a key of a dialect
// that has key rules of its own.
import type { Role } from '@p2p-copy/core/relay-protocol';
import type { CapName, Ending } from '../endings/ending.ts';
import type { ConnectionId } from './connection-id.ts';
import type { Departure } from './pairing-table.ts';

export type KeyState = { name: 'free' } | { name: 'waiting'; role: Role; connection: ConnectionId };

export const UNUSED: KeyState = { name: 'free' };

/** How ends meet under the keys of one dialect, which are a name space of their own. Nobody's wait expires. */
export interface DialectKeys {
  /** Of the name space. */
  readonly name: string;
  /** @throws InvariantError for an event that can't happen in this state */
  step(state: KeyState, event: DialectKeyEvent): DialectKeyStep;
  /** How a newcomer is refused for whom there is no room. */
  readonly refusals: Readonly<Record<CapName, Ending>>;
  /** How an end of a pair is closed when the other one has gone. */
  readonly departures: Readonly<Record<Departure, Ending>>;
}

export type DialectKeyEvent = { name: 'arrive'; role: Role; connection: ConnectionId } | { name: 'gone' };

export type DialectKeyEffect =
  | { name: 'ready'; sender: ConnectionId; receiver: ConnectionId }
  | { name: 'refuse' | 'close'; whom: ConnectionId; close: Ending };

export interface DialectKeyStep {
  state: KeyState;
  effects: DialectKeyEffect[];
}
