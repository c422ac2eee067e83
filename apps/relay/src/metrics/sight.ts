// All that a running relay can be asked about itself. What makes metrics is loaded only where somebody may ask for them.
import type { Clock } from '@p2p-copy/core/foundation';
import type { RelayMetrics } from './relay-metrics.ts';
import type { Board, Caps, Presence } from './relay-state.ts';
import { relayStatus } from './relay-status.ts';
import { MAX_AGE_MS, renderOnce } from './render-once.ts';

export interface Sight {
  /** Whether the relay takes nobody new any more. */
  isDraining(): boolean;
  /** Null where no address serves them. */
  readonly metrics: RelayMetrics | null;
  /** `RelayStatus` as JSON. */
  status(): Promise<string>;
  /** Sets no timer any more. */
  stop(): void;
}

/** @param isMeasured whether metrics are kept */
export async function openSight(
  board: Board,
  presence: Presence,
  caps: Caps,
  clock: Clock,
  isMeasured: boolean,
): Promise<Sight> {
  const metrics = isMeasured
    ? (await import('./relay-metrics.ts')).relayMetrics(board, presence, caps, clock)
    : null;
  const status = async () => JSON.stringify(await relayStatus(board, presence, caps));
  return {
    isDraining: () => board.isDraining,
    metrics,
    status: renderOnce(status, MAX_AGE_MS, clock),
    stop: () => metrics?.stop(),
  };
}
