// Runs a state machine: feeds it events, performs its effects, and turns whatever an effect throws into its event
// `failed`. Ends when the machine is done, restarted or failed, or on a bug of ours.

import { asTransferError, TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import type { Step } from './machine.ts';

const ENDS: ReadonlySet<string> = new Set(['done', 'restarted', 'failed']);

type Failed = { type: 'failed'; error: TransferError };
/** An effect's own events and states are those of its table, which the compiler has checked as `Performers`. */
type Perform = (event: never, state: never) => Promise<void>;
/** The state of a machine that ended well. */
export type GoodEnd<State> = Extract<State, { name: 'done' | 'restarted' }>;

/** Feeds events to a state machine one at a time, and performs the effects that it asks for. */
export class MachineRunner<
  State extends { name: string; error?: TransferError },
  Event extends { type: string },
  Effect extends string,
> {
  readonly #step: (state: State, event: Event | Failed) => Step<State, Event | Failed, Effect>;
  readonly #performers: { readonly [E in Effect]: Perform };
  readonly #settle: { end: () => void; crash: (bug: unknown) => void };
  #state: State;

  /** Resolves when the machine is at an end. Rejects on a bug of ours. */
  readonly #ended: Promise<void>;

  constructor(
    initial: State,
    step: (state: State, event: Event | Failed) => Step<State, Event | Failed, Effect>,
    performers: { readonly [E in Effect]: Perform },
  ) {
    this.#state = initial;
    this.#step = step;
    this.#performers = performers;
    const { promise, resolve, reject } = deferred();
    this.#ended = promise;
    this.#settle = { end: resolve, crash: reject };
  }

  get state(): State {
    return this.#state;
  }

  /** Whether the machine is at an end: no event changes anything any more. */
  get isOver(): boolean {
    return ENDS.has(this.#state.name);
  }

  /**
   * Begins, and runs to an end or until the signal is aborted; then stops.
   * @throws TransferError that of the failed machine; `interrupted`
   */
  async run(
    begin: () => Promise<void>,
    stop: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<GoodEnd<State>> {
    const interrupt = () => this.fail(new TransferError('interrupted'));
    signal.addEventListener('abort', interrupt, { once: true });
    this.start(begin);
    if (signal.aborted) interrupt();
    try {
      await this.#ended;
    } finally {
      signal.removeEventListener('abort', interrupt);
      await stop();
    }
    const { name, error } = this.#state;
    if (error !== undefined) throw error;
    invariant(name === 'done' || name === 'restarted', 'a machine ends in an end');
    return this.#state as GoodEnd<State>;
  }

  dispatch(event: Event | Failed): void {
    try {
      const step = this.#step(this.#state, event);
      this.#state = step.state;
      for (const effect of step.effects)
        this.start(() => this.#performers[effect](step.event as never, step.state as never));
      if (this.isOver) this.#settle.end();
    } catch (bug) {
      this.#settle.crash(bug);
    }
  }

  /** Dispatches what the other end said; null is nothing. */
  hear(event: Event | null): void {
    if (event !== null) this.dispatch(event);
  }

  /** Runs a task whose failure is the machine's. */
  start(task: () => Promise<void>): void {
    task().catch((error: unknown) => this.fail(error));
  }

  fail(error: unknown): void {
    try {
      this.dispatch({ type: 'failed', error: asTransferError(error) });
    } catch (bug) {
      this.#settle.crash(bug);
    }
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } {
  let resolve = () => {};
  let reject = (_reason: unknown) => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
