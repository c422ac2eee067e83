// What a sender does so that data takes direct lanes: it opens one, moves the others there, and tries again later where the direct
// path was lost. docs/PROTOCOL.md section 18.
import type { DirectWays } from '../direct/direct-ways.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import { DIRECT_WAIT_MS, RTC_HEAD_MS } from '../wire/limits.ts';
import type { ReachListener } from './session-reach.ts';
import type { TransferLanes } from './transfer-lanes.ts';

/** From the loss of the last direct lane, or the beginning, to the next try; doubled each time up to the longest. */
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 600_000;

/** What direct lanes need of their session. */
export interface DirectLanesContext {
  ways: DirectWays;
  lanes: Pick<TransferLanes, 'pool' | 'leaveRelay' | 'tryDirect'>;
  clock: Clock;
  /** Opens the next lane, where there may be one more. */
  open(): void;
  /** A direct lane stands, or all is said that may lead to one over WebRTC. */
  noteSaid?(): void;
  /** Content may take direct paths alone, and there is none. */
  fail(error: TransferError): void;
}

/** The direct lanes of a sender's session. */
export class DirectLanes implements ReachListener {
  readonly #context: DirectLanesContext;
  #hasDirect = false;
  #hasProven = false;
  #restMs = FIRST_REST_MS;
  #cancelTry = () => {};
  #cancelWait = () => {};
  #cancelRenewal = () => {};
  #begunMs = Number.NEGATIVE_INFINITY;
  #isEnded = false;

  constructor(context: DirectLanesContext) {
    this.#context = context;
    this.#limitWait();
  }

  /** The other end has said where it can be reached. */
  begin(): void {
    if (this.#isEnded) return;
    this.#begunMs = this.#context.clock.nowMs();
    this.#limitWait();
    this.#context.open();
    this.#tryLater();
  }

  /** There is a new way by which it can be reached. */
  renew(): void {
    const { ways, lanes, clock, noteSaid } = this.#context;
    noteSaid?.();
    if (this.#isEnded) return;
    const headMs = ways.isWebrtcAlone ? 0 : this.#begunMs + RTC_HEAD_MS - clock.nowMs();
    this.#cancelRenewal();
    const renew = () => {
      if (!this.#hasDirect) lanes.tryDirect();
    };
    if (headMs > 0) this.#cancelRenewal = clock.after(headMs, renew);
    else renew();
  }

  /** A lane got a connection, or lost one, or carried something for the first time. */
  noteConnection(): void {
    const { lanes } = this.#context;
    const { hasDirect, hasProvenDirect } = lanes.pool;
    // The lanes of a session that has ended lose their connections.
    if (this.#isEnded) return;
    if (hasDirect !== this.#hasDirect) {
      this.#hasDirect = hasDirect;
      this.#limitWait();
      if (hasDirect) this.#context.noteSaid?.();
      if (hasDirect) this.#cancelTry();
      else this.#tryLater();
    }
    const isNew = hasProvenDirect && !this.#hasProven;
    this.#hasProven = hasProvenDirect;
    if (!isNew) return;
    this.#restMs = FIRST_REST_MS;
    lanes.leaveRelay();
  }

  end(): void {
    this.#isEnded = true;
    this.#cancelTry();
    this.#cancelWait();
    this.#cancelRenewal();
  }

  #tryLater(): void {
    this.#cancelTry();
    this.#cancelTry = this.#context.clock.after(this.#restMs, () => {
      this.#context.lanes.tryDirect();
      this.#tryLater();
    });
    this.#restMs = Math.min(this.#restMs * 2, LONGEST_REST_MS);
  }

  /** Where content takes direct paths alone, it waits for one for a while. */
  #limitWait(): void {
    const { ways, lanes, clock, fail } = this.#context;
    lanes.pool.isOnlyDirect = ways.isOnly;
    this.#cancelWait();
    if (ways.isOnly && !lanes.pool.hasDirect)
      this.#cancelWait = clock.after(DIRECT_WAIT_MS, () => fail(new TransferError('no-direct-path')));
  }
}
