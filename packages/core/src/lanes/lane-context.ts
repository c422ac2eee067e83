// What a lane needs, and whom it tells.
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { JoinedConnection, LaneMeeting } from '../link/meet-by-ways.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { PathKind } from '../ports/path.ts';
import type { Outage, Role } from '../ports/rendezvous.ts';

/** How a lane finds connections, and whom it tells of them. */
export interface LaneContext {
  clock: Clock;
  /** Of this end. */
  role: Role;
  /** The session of the transfer, 16 bytes: that of lane 0's first connection. */
  session: Bytes;
  /** As in BulkCrypto. */
  release?: BulkCrypto['release'];
  /** Meets the other end on this lane, however long it takes. Rejects when its signal is aborted. */
  meet(seeking: LaneSeeking): Promise<JoinedConnection>;
  /** How long the lane may be without a connection. 0: not at all. */
  reconnectTimeoutMs: number;
  /** The connection is lost, and another is sought; null when it is there. Not for a planned end that is over soon. */
  onOutage(outage: Outage | null): void;
  /** The other end has lost the session: the new connection is for whatever comes after it. Null where only lane 0 tells. */
  onRestarted: ((connection: SealedConnection) => void) | null;
  /** Whether the other end may be met without the relay, whatever that says. */
  hasOtherWays(): boolean;
  /**
   * A connection that no relay carried is lost. Not for one on which nothing got through, and nothing waits to be acknowledged: its
   * lane may not be used, which says nothing of the path.
   * @param hasCarried whether anything got through on it
   */
  onDirectLost(hasCarried: boolean): void;
  /** The lane has a connection, or none any more, or something got through on it for the first time. */
  onConnection(): void;
}

/** One search for the other end on a lane. */
export interface LaneSeeking extends Pick<LaneMeeting, 'onWaiting' | 'failed' | 'join'> {
  signal: AbortSignal;
  /** Which way the connection went that was lost; null where there was none. */
  lost: PathKind | null;
}
