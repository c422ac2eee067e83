// How a person stopped a transfer that ran, and what they read at its end.
import { type ErrorCode, type Side, STAGED_ENDS } from '@p2p-copy/core';
import type { FailureRecord } from '../contract/browser-refusal.ts';
import type { SendWire, StopCommand } from '../contract/messages.ts';
import {
  laterProblemOf,
  nothingMoved,
  type Problem,
  problemOf,
  type StopChoice,
  stoppedProblem,
} from '../format/problem.ts';
import { type MissingConnection, OUTAGES, outageEnded } from '../progress/outage.ts';
import type { TransferFlow } from '../progress/transfer-flow.svelte.ts';

/** Where a transfer stood when it failed. */
interface EndedTransfer {
  side: Side;
  wire: SendWire['wire'];
  /** Whether anything was accepted. */
  hasBegun: boolean;
  /** Whether this browser keeps what it takes to go on. */
  isResumable: boolean;
  /** The connection that was missing then. */
  outage: MissingConnection | null;
}

/** Whether both ends could go on after a stop. @param session whose `isResumable` is this end's */
export function mayResume({ isResumable, flow }: { isResumable: boolean; flow: TransferFlow }): boolean {
  return isResumable && !flow.isPeerOnce;
}

/** Ends of which the next step speaks of what has arrived. */
const ENDS: ReadonlySet<ErrorCode> = new Set(STAGED_ENDS);

export class PersonStop {
  #choice: StopChoice | null = null;
  /** Unfinished files that could not be deleted. */
  undeleted = 0;

  /** Asks a job to stop. */
  ask(job: { tell(command: StopCommand): void }, stop: StopChoice): void {
    this.#choice = stop;
    job.tell({ type: 'stop', stop });
  }

  /** What the person reads about the end of the transfer. */
  problemOf(error: FailureRecord, { side, wire, hasBegun, isResumable, outage }: EndedTransfer): Problem {
    if (outage !== null && OUTAGES.has(error.code))
      return outageEnded(outage, side, { hasBegun, isResumable });
    if (error.code === 'interrupted' && this.#choice !== null)
      return stoppedProblem(this.#choice, side, this.undeleted);
    // All has arrived: only the confirmation is missing, and nothing would go on.
    if (isResumable && hasBegun && error.code !== 'unconfirmed') return laterProblemOf(error, side);
    const problem = problemOf(error, side, wire);
    return hasBegun || wire === 'classic' || !ENDS.has(error.code)
      ? problem
      : { ...problem, next: nothingMoved(side, isResumable) };
  }
}
