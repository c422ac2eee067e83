// A clock that runs faster than the world: deadlines of minutes pass in a test's time.
import type { Clock } from '../../../src/foundation/clock.ts';

export function fastClock(factor: number): Clock {
  return {
    nowMs: () => performance.now() * factor,
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs / factor);
      return () => clearTimeout(timer);
    },
  };
}
