// Pings one connection and ends it when it is dead: a half-open socket would hold its seat for hours otherwise.
import type { Clock } from '@p2p-copy/core/foundation';

export interface Heartbeat {
  /** A pong, a message, or bytes that the connection has taken. */
  sawLife(): void;
  stop(): void;
}

export interface Peer {
  ping(): void;
  terminate(): void;
  /** Whether the relay itself has stopped reading, so that no pong could arrive. */
  readonly isPaused: boolean;
  /** Bytes that wait to be written to it. */
  readonly bufferedAmount: number;
}

export interface HeartbeatLimits {
  /** Between pings. */
  pingIntervalMs: number;
  /** How long bytes may wait for it without any being taken. */
  stalledTimeoutMs: number;
}

/**
 * Ends the peer after two intervals without a sign of life. One that bytes wait for gets longer: it can't answer a
 * ping that stands behind them, and may only be slow to read, while its person looks at an offer. Whether its machine
 * is still there is watched by TCP, which breaks a connection by itself when what waits is never acknowledged.
 */
export function startHeartbeat(peer: Peer, limits: HeartbeatLimits, clock: Clock): Heartbeat {
  const { pingIntervalMs, stalledTimeoutMs } = limits;
  let silentIntervals = 0;
  let cancel = clock.after(pingIntervalMs, beat);

  function beat(): void {
    if (peer.isPaused) silentIntervals = 0;
    const isStalled = peer.bufferedAmount > 0;
    if (silentIntervals >= 2 && (!isStalled || silentIntervals * pingIntervalMs >= stalledTimeoutMs)) {
      peer.terminate();
      return;
    }
    silentIntervals += 1;
    cancel = clock.after(pingIntervalMs, beat);
    // Behind what waits, pings would only pile up.
    if (!isStalled) peer.ping();
  }

  return {
    sawLife() {
      silentIntervals = 0;
    },
    stop() {
      cancel();
    },
  };
}
