// Measures how late the event loop is: a timer that comes late shows how long everybody waits.
import type { Clock } from '@p2p-copy/core/foundation';

const SAMPLE_MS = 100;

/** Calls `onDelay` with the lateness of each sample, in ms. The result stops it. */
export function measureLoopDelay(clock: Clock, onDelay: (delayMs: number) => void): () => void {
  let dueMs = clock.nowMs() + SAMPLE_MS;
  let cancel = clock.after(SAMPLE_MS, sample);
  function sample(): void {
    const nowMs = clock.nowMs();
    onDelay(Math.max(0, nowMs - dueMs));
    dueMs = nowMs + SAMPLE_MS;
    cancel = clock.after(SAMPLE_MS, sample);
  }
  return () => cancel();
}
