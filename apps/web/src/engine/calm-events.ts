// Thins what the engine tells the page: it reports each acknowledgement, a person can read ten figures a second.
import type { TransferEvent } from '@p2p-copy/core';

const INTERVAL_MS = 100;

/** Passes events on in order, progress at most every 100 ms, and leaves out what the page doesn't show. */
export function calmEvents(report: (event: TransferEvent) => void): {
  onEvent: (event: TransferEvent) => void;
  /** Passes on what waits; to be called before the last report. */
  flush: () => void;
} {
  let waiting: TransferEvent | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting !== null) report(waiting);
    waiting = null;
  };
  return {
    onEvent(event) {
      if (event.type === 'file-done') return;
      if (event.type !== 'progress') {
        flush();
        report(event);
        return;
      }
      waiting = event;
      timer ??= setTimeout(flush, INTERVAL_MS);
    },
    flush,
  };
}
