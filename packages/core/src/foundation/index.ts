// What the relay may use of core beside its protocol: nothing here knows of a transfer, a key or a name.
export type { Clock } from './clock.ts';
export { InvariantError, invariant } from './invariant.ts';
export { afterDelay } from './timer-delay.ts';
