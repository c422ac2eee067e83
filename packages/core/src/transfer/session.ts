// How the sessions of one transfer follow each other.
import type { Bytes } from '../foundation/bytes.ts';
import type { SealedLane } from '../stream/sealed-lane.ts';
import type { TransferResult } from './events.ts';

/** How a later session of a transfer begins: by its secret, or on a connection that is there already. */
export type LaterStart =
  | { by: 'secret'; transferSecret: Bytes }
  | { by: 'connection'; transferSecret: Bytes; connection: SealedLane };

/** How a session ends, other than with an error. */
export type SessionOutcome =
  | { name: 'done'; result: TransferResult }
  /** The other end has lost the session: this is for the next one. */
  | { name: 'restarted'; start: LaterStart };
