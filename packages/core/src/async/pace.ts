// Long loops in slices: sockets, timers and signals get a turn of the event loop after each slice.
import type { Clock } from '../foundation/clock.ts';

/** Steps of a loop between two turns of the event loop, at most. */
const STEPS = 4096;

/** Calls of a sink: some cost 50 µs, and it may make them without giving the event loop a turn. */
const DISK_CALLS = 256;

/** Resolves in a later turn of the event loop. */
export function nextTurn(clock: Clock): Promise<void> {
  return clock.turn?.() ?? new Promise((resolve) => clock.after(0, resolve));
}

/** Counts the steps of a long loop, and says when the event loop is due a turn. */
export class Pace {
  readonly #clock: Clock;
  readonly #every: number;
  #steps = 0;

  /** @param every steps between two turns, for those that cost more than a few microseconds */
  constructor(clock: Clock, every = STEPS) {
    this.#clock = clock;
    this.#every = every;
  }

  /** Counts a step; a promise to wait for when the event loop is due, else null, since awaiting each step would cost more. */
  step(): Promise<void> | null {
    this.#steps += 1;
    if (this.#steps < this.#every) return null;
    this.#steps = 0;
    return nextTurn(this.#clock);
  }
}

/** Counts calls of a sink. */
export function diskPace(clock: Clock): Pace {
  return new Pace(clock, DISK_CALLS);
}
