// Runs a state machine: feeds it events, performs its effects, and turns whatever an effect throws into its event
// `failed`. Ends when the machine is done, restarted or failed, or on a bug of ours.

import { asTransferError, TransferError } from '../foundation/errors.ts';
import { InvariantError, invariant } from '../foundation/invariant.ts';

const ENDS: ReadonlySet<string> = new Set(['done', 'restarted', 'failed']);

type Failed = { type: 'failed'; error: TransferError };
type Step<State, Event, Effect> = (
  state: State,
  event: Event,
) => { state: State; effects: readonly Effect[] };

/** Feeds events to a state machine one at a time, and performs the effects that it asks for. */
export class MachineRunner<
  State extends { name: string; error?: TransferError },
  Event extends { type: string },
  Effect extends string,
> {
  readonly #step: Step<State, Event | Failed, Effect>;
  readonly #perform: (effect: Effect, event: Event | Failed) => Promise<void>;
  readonly #settle: { end: () => void; crash: (bug: unknown) => void };
  #state: State;

  /** Resolves when the machine is at an end. Rejects on a bug of ours. */
  readonly #ended: Promise<void>;

  constructor(
    initial: State,
    step: Step<State, Event | Failed, Effect>,
    perform: (effect: Effect, event: Event | Failed) => Promise<void>,
  ) {
    this.#state = initial;
    this.#step = step;
    this.#perform = perform;
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
   * Errors: that of the failed machine; `interrupted`.
   */
  async run(
    begin: () => Promise<void>,
    stop: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<'done' | 'restarted'> {
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
    return name;
  }

  dispatch(event: Event | Failed): void {
    try {
      const { state, effects } = this.#step(this.#state, event);
      this.#state = state;
      for (const effect of effects) this.start(() => this.#perform(effect, event));
      if (this.isOver) this.#settle.end();
    } catch (bug) {
      this.#settle.crash(bug);
    }
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

/** The event as one of that type: an effect knows which event asks for it. */
export function only<Event extends { type: string }, Type extends Event['type']>(
  event: Event,
  type: Type,
): Extract<Event, { type: Type }> {
  if (event.type !== type) throw new InvariantError(`${event.type} where ${type} was due`);
  return event as Extract<Event, { type: Type }>;
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
