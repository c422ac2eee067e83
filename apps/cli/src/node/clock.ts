// Port Clock: Node's monotonic time. Timers keep the process alive: a transfer that waits for one isn't over.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@p2p-copy/core';

export const nodeClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  turn: () => nextTurn(),
};
