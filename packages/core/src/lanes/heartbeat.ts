// The heartbeats of a lane: each end says at times that it is there, and drops a connection on which the other one says nothing.
import type { Clock } from '../foundation/clock.ts';
import type { PathKind } from '../ports/path.ts';

/** Time between two heartbeats of each end; and how many may be missed in a row, whatever the network says. */
const HEARTBEAT: { [Kind in PathKind]: { everyMs: number; missed: number } } = {
  relay: { everyMs: 5_000, missed: 4 },
  tcp: { everyMs: 750, missed: 4 },
};

/** What a heartbeat looks at, and does. */
export interface HeartbeatContext {
  clock: Clock;
  /** A count that grows with what arrives on the connection, and whether this end waits for more; null without one. */
  arrivals(): { count: number; isWaiting: boolean } | null;
  /** Says that this end is there. */
  beat(): void;
  /** The other end was silent for too long. */
  drop(): void;
}

/** Beats until the result is called. @param kind of the connection */
export function startHeartbeat(
  kind: PathKind,
  { clock, arrivals, beat, drop }: HeartbeatContext,
): () => void {
  const { everyMs, missed: most } = HEARTBEAT[kind];
  let missed = 0;
  let lastCount = -1;
  let cancel = () => {};
  const heartbeat = () => {
    // First of all: the heartbeats go on even if one of them fails.
    cancel = clock.after(everyMs, heartbeat);
    const { count, isWaiting } = arrivals() ?? { count: -1, isWaiting: false };
    missed = isWaiting && count === lastCount ? missed + 1 : 0;
    lastCount = count;
    beat();
    if (missed < most) return;
    missed = 0;
    drop();
  };
  cancel = clock.after(everyMs, heartbeat);
  return () => cancel();
}
