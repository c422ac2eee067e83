// What the runners of both ends share: feeding a state machine, and turning anything thrown into one of its errors.

import type { TransferEvent } from '../api/events.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import { InvariantError } from '../foundation/invariant.ts';
import type { Lane } from '../link/lane.ts';

/** Progress is told this often. */
const PROGRESS_INTERVAL_MS = 100;
/** How long the last messages may take to leave before the connection is cut. */
const CLOSE_DEADLINE_MS = 3_000;

/** Own bugs aren't dressed up as something that happened to a person. */
export function asTransferError(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  throw error instanceof Error ? error : new InvariantError(String(error));
}

/** Closes lanes after what is queued, and waits until the relay has taken it. */
export async function closeLanes(lanes: readonly Lane[], clock: Clock): Promise<void> {
  for (const lane of lanes) void lane.close();
  await withDeadline(Promise.all(lanes.map((lane) => lane.closed)), CLOSE_DEADLINE_MS, clock);
  for (const lane of lanes) lane.terminate();
}

/** Resolves when `promise` does or the time is over. */
export async function withDeadline(
  promise: Promise<unknown>,
  deadlineMs: number,
  clock: Clock,
): Promise<void> {
  let stop = () => {};
  const timeout = new Promise<void>((resolve) => {
    stop = clock.after(deadlineMs, resolve);
  });
  await Promise.race([promise, timeout]);
  stop();
}

/** Passes a call on at most once per interval, except when forced. */
export class Throttle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, intervalMs = PROGRESS_INTERVAL_MS) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  pass(call: () => void, force = false): void {
    const now = this.#clock.nowMs();
    if (!force && now - this.#lastMs < this.#intervalMs) return;
    this.#lastMs = now;
    call();
  }
}

/** The event that tells an app of a connection that was lost or is there again. */
export function connectionEvent(isConnected: boolean): TransferEvent {
  return isConnected ? { type: 'reconnected', restarted: false } : { type: 'reconnecting' };
}
