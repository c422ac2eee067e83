// Port Clock: the system's monotonic time. The relay's one place that sets timers.
import type { Clock } from '@p2p-copy/core/foundation';

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, Math.ceil(delayMs));
    return () => clearTimeout(timer);
  },
};
