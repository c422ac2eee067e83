// The Clock port.
import { afterDelay, type Clock } from '@p2p-copy/core';

const { port1: heard, port2: sent } = new MessageChannel();
const turns: (() => void)[] = [];
heard.onmessage = () => turns.shift()?.();

export const browserClock: Required<Clock> = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, callback) {
    return afterDelay(delayMs, callback, (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    });
  },
  // A timer would take 4 ms each time.
  turn: () =>
    new Promise((resolve) => {
      turns.push(resolve);
      sent.postMessage(null);
    }),
};
