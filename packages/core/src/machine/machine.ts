// What the state machines of both ends share: a table of transitions, and the rule for what isn't in it.
import { InvariantError, invariant } from '../foundation/invariant.ts';

/** For one state: where each event that may come leads, and what is to be done then. */
export interface Transition<StateName extends string, Effect extends string> {
  next: StateName;
  effects: readonly Effect[];
}

/** Every state has a row; a state or effect that is missing is a compile error. */
export type TransitionTable<StateName extends string, EventName extends string, Effect extends string> = {
  readonly [State in StateName]: { readonly [Event in EventName]?: Transition<StateName, Effect> };
};

/** One transition of a table, as a type. */
type CellOf<Table> = {
  [State in keyof Table]: {
    [Event in keyof Table[State]]: Table[State][Event] extends Transition<infer Next, infer Effect>
      ? { event: Event; next: Next; effect: Effect }
      : never;
  }[keyof Table[State]];
}[keyof Table];

type Asking<Cell, Effect> = Cell extends { effect: infer Effects }
  ? Effect extends Effects
    ? Cell
    : never
  : never;

/**
 * Performs each effect of a table, with an event that asks for the effect there and the state that it leads to: an effect that is
 * asked for by another event, or in a state without the data that it needs, is a compile error.
 */
export type Performers<
  Table,
  State extends { name: string },
  Event extends { type: string },
  Effect extends string,
> = {
  readonly [E in Effect]: (
    event: Extract<Event, { type: Asking<CellOf<Table>, E>['event'] }>,
    state: Extract<State, { name: Asking<CellOf<Table>, E>['next'] }>,
  ) => Promise<void>;
};

/** A step of a machine. */
export interface Step<State, Event, Effect> {
  state: State;
  /** To be performed now, in order. */
  effects: readonly Effect[];
  /** The event that asks for the effects: for what isn't in the table, the failure that it means. */
  event: Event;
}

/** The data of a phase: those of the state before where the phase goes on, those of the event that begins it otherwise. */
export function phaseOf<Phase>(name: string, event: object, before: object): Phase {
  const bearer = [before, event].find((candidate) => name in candidate);
  invariant(bearer !== undefined, `the phase ${name} has begun`);
  return (bearer as { [name: string]: Phase })[name]!;
}

/**
 * The transition for an event. An event from the other end that has no transition is a violation of the protocol,
 * one of our own a bug.
 */
export function transitionOf<StateName extends string, EventName extends string, Effect extends string>(
  table: TransitionTable<StateName, EventName, Effect>,
  state: StateName,
  event: EventName,
  isOwnEvent: (event: EventName) => boolean,
): Transition<StateName, Effect> | 'violation' {
  const transition = table[state][event];
  if (transition !== undefined) return transition;
  if (isOwnEvent(event)) throw new InvariantError(`${event} in state ${state}`);
  return 'violation';
}
