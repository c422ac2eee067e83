// What a sender does so that data takes direct lanes: it opens one, moves the others there, and tries again later where the direct
// path was lost. docs/PROTOCOL.md section 18.
import type { DirectWays } from '../direct/direct-ways.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import { DIRECT_WAIT_MS } from '../wire/limits.ts';
import type { TransferLanes } from './transfer-lanes.ts';

/** From the loss of the last direct lane to the next try, doubled each time up to the longest. */
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 600_000;

/** What direct lanes need of their session. */
export interface DirectLanesContext {
  ways: DirectWays;
  lanes: Pick<TransferLanes, 'pool' | 'leaveRelay'>;
  clock: Clock;
  /** Opens the next lane. */
  open(): void;
  /** Content may take direct paths alone, and there is none. */
  fail(error: TransferError): void;
}

/** The direct lanes of a sender's session. */
export class DirectLanes {
  readonly #context: DirectLanesContext;
  #hasDirect = false;
  #restMs = FIRST_REST_MS;
  #cancelTry = () => {};
  #cancelWait = () => {};
  #isEnded = false;

  constructor(context: DirectLanesContext) {
    this.#context = context;
    this.#heedOnly();
  }

  /** The other end has said where it can be reached. */
  begin(): void {
    if (this.#isEnded) return;
    this.#heedOnly();
    this.#context.open();
  }

  /** A lane got a connection, or lost one. */
  noteConnection(): void {
    const { lanes, clock } = this.#context;
    const { hasDirect } = lanes.pool;
    // The lanes of a session that has ended lose their connections.
    if (this.#isEnded || hasDirect === this.#hasDirect) return;
    this.#hasDirect = hasDirect;
    this.#cancelTry();
    this.#heedOnly();
    if (hasDirect) {
      this.#restMs = FIRST_REST_MS;
      lanes.leaveRelay();
    } else this.#cancelTry = clock.after(this.#restMs, () => this.#tryAgain());
  }

  end(): void {
    this.#isEnded = true;
    this.#cancelTry();
    this.#cancelWait();
  }

  /** The lanes beside lane 0 may find a direct path again; content takes lane 0 meanwhile. */
  #tryAgain(): void {
    const { lanes, clock } = this.#context;
    lanes.leaveRelay();
    this.#restMs = Math.min(this.#restMs * 2, LONGEST_REST_MS);
    this.#cancelTry = clock.after(this.#restMs, () => this.#tryAgain());
  }

  #heedOnly(): void {
    const { ways, lanes, clock, fail } = this.#context;
    lanes.pool.isOnlyDirect = ways.isOnly;
    this.#cancelWait();
    if (ways.isOnly && !lanes.pool.hasDirect)
      this.#cancelWait = clock.after(DIRECT_WAIT_MS, () => fail(new TransferError('no-direct-path')));
  }
}
