// How one kind of client talks to the relay. All that the connection and the switchboard must know of the difference
// stands here; what pairs them stands in pairing.
import type { AccessProof, ErrorDetails, FirstMessage, Role } from '@p2p-copy/core/relay-protocol';
import type { CapName, Ending, Endings } from '../endings/ending.ts';
import type { DialectKeys } from '../pairing/key-state.ts';
import type { LimitName } from '../rates/pair-limiter.ts';

/** The relay's side of the conversation with one client, in the version that the client speaks. */
export interface Replies {
  /** A reservation; null where there are none. */
  allocated(nameplate: string, token: string): string | null;
  /**
   * What each end is told when the two are paired, with the pass that it is given and the port of the relay's STUN server;
   * null for nothing.
   */
  ready(role: Role, pass: string | null, stunPort: number | null): string | null;
  /** What is said before the close code; null for nothing. */
  error(ending: Ending, details: ErrorDetails): string | null;
}

/** A first message that asks to meet under a key of the dialect's own. */
export interface DialectHello {
  type: 'dialect-hello';
  role: Role;
  key: string;
  keys: DialectKeys;
}

export interface Dialect {
  readonly name: string;
  /** What the first message asks for, or how it is refused; and how the client is answered. */
  parseFirst(
    message: Buffer,
    isBinary: boolean,
  ): {
    parsed: (FirstMessage & { proof: AccessProof }) | DialectHello | { refused: Ending };
    replies: Replies;
  };
  /** How one is answered whose first message hasn't come. */
  readonly repliesUnheard: Replies;
  /** Whether text passes between the ends as binary messages do, or is for the relay. */
  readonly passesText: boolean;
  /** Its close codes and sentences. */
  readonly closes: Endings;
  /** How those are closed of whom the pairing knows nothing, or no reason. */
  readonly endings: Readonly<
    Record<CapName | LimitName | 'token-needed' | 'silent' | 'too-long' | 'out-of-turn', Ending>
  >;
}
