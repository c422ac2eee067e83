// A clock whose actions can't end the process: a fault in one connection's timer must not end everybody's transfers.
import type { Clock } from '@p2p-copy/core/foundation';

export function guardedClock(clock: Clock, onFault: (fault: unknown) => void): Clock {
  return {
    nowMs: () => clock.nowMs(),
    after: (delayMs, action) =>
      clock.after(delayMs, () => {
        try {
          action();
        } catch (fault) {
          onFault(fault);
        }
      }),
  };
}
