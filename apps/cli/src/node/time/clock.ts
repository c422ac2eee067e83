// Port Clock: Node's monotonic time, and the one place that sets timers. What runs by a timer can't end the process: a
// fault there, such as a system that is out of descriptors, is told once on standard error, and the transfer goes on.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterDelay, type Clock } from '@p2p-copy/core';

/** Timers keep the process alive: a transfer that waits for one isn't over. */
export const nodeClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, callback) {
    return afterDelay(delayMs, guarded(callback), (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    });
  },
  turn: () => nextTurn(),
};

/** Runs `action` every `intervalMs`, as long as something else keeps the process alive. Returns what ends it. */
export function every(intervalMs: number, action: () => void): () => void {
  const timer = setInterval(guarded(action), intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Faults that were told, by their message. */
const told = new Set<string>();
const MAX_TOLD = 10;

function guarded(action: () => void): () => void {
  return () => {
    try {
      action();
    } catch (cause) {
      const fault = cause instanceof Error ? cause : new Error(String(cause));
      if (told.has(fault.message) || told.size >= MAX_TOLD) return;
      told.add(fault.message);
      process.emitWarning(fault);
    }
  };
}
