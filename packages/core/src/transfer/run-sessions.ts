// The sessions of one transfer, one after the other, until its files are delivered: the same at both ends.

import type { TransferEvent, TransferResult } from '../api/events.ts';
import type { LaterStart, SessionOutcome } from './session.ts';

/** A transfer that takes as many sessions as it needs. */
export interface Sessions<Start> {
  /** How the first session begins. */
  start: Start | LaterStart;
  /** Runs one session to its end. */
  run(start: Start | LaterStart): Promise<SessionOutcome>;
  onEvent(event: TransferEvent): void;
  /**
   * Another session is for the files with these indices, which changed meanwhile. Resolves when it can begin; rejects with
   * `limit-exceeded` when there were enough.
   */
  onAgain?(changed: ReadonlySet<number>): Promise<void>;
}

/**
 * Runs sessions until one delivers all that is left.
 * @throws TransferError those of a session
 */
export async function runSessions<Start>({
  start,
  run,
  onEvent,
  onAgain,
}: Sessions<Start>): Promise<TransferResult> {
  let next = start;
  for (;;) {
    const outcome = await run(next);
    if (outcome.name === 'done') return outcome.result;
    next = outcome.start;
    if (outcome.name === 'restarted') onEvent({ type: 'reconnected', restarted: true });
    else await onAgain?.(outcome.left);
  }
}
