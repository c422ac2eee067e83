// How one kind of client talks to the relay. All that the connection and the switchboard must know of the difference
// stands here; what pairs them stands in pairing.
import type { ClassicHello, FirstMessage, Role } from '@p2p-copy/core/relay-protocol';
import type { CapName, Ending } from '../ending.ts';

export interface Dialect {
  readonly name: string;
  /** What the first message asks for, or how it is refused. */
  parseFirst(message: Buffer, isBinary: boolean): FirstMessage | ClassicHello | { refused: Ending };
  /** What each end is told when the two are paired; null for nothing. */
  readonly ready: Readonly<Record<Role, string | null>>;
  /** Whether text passes between the ends as binary messages do, or is for the relay. */
  readonly passesText: boolean;
  /** How those are closed that are never looked at by the pairing. */
  readonly endings: Readonly<Record<CapName | 'silent' | 'too-long' | 'out-of-turn', Ending>>;
}
