// Port Clock: the system's monotonic time. The relay's one place that sets timers.
import { afterDelay, type Clock } from '@p2p-copy/core/foundation';

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, action) {
    return afterDelay(delayMs, action, (ms, act) => {
      const timer = setTimeout(act, Math.ceil(ms));
      return () => clearTimeout(timer);
    });
  },
};
