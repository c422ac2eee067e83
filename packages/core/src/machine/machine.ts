// What the state machines of both ends share: a table of transitions, and the rule for what isn't in it.
import { InvariantError } from '../foundation/invariant.ts';

/** For one state: where each event that may come leads, and what is to be done then. */
export interface Transition<StateName extends string, Effect extends string> {
  next: StateName;
  effects: readonly Effect[];
}

/** Every state has a row; a state or effect that is missing is a compile error. */
export type TransitionTable<StateName extends string, EventName extends string, Effect extends string> = {
  readonly [State in StateName]: { readonly [Event in EventName]?: Transition<StateName, Effect> };
};

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
