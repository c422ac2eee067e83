// Thins what the engine tells the page: it reports each acknowledgement, a person can read ten figures a second.
import type { TransferEvent } from '@p2p-copy/core';
import { refusalBehind } from '../../contract/browser-refusal.ts';
import type { EngineEvent } from '../../contract/messages.ts';

const INTERVAL_MS = 100;

/** Passes events on in order; progress, and the files that are done, together and at most every 100 ms. */
export function calmEvents(
  report: (event: EngineEvent) => void,
  reportDone: (indices: number[]) => void,
): {
  onEvent: (event: TransferEvent) => void;
  /** Passes on what waits; to be called before the last report. */
  flush: () => void;
} {
  let waiting: TransferEvent | null = null;
  let done: number[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting !== null) report(waiting);
    waiting = null;
    if (done.length > 0) reportDone(done);
    done = [];
  };
  return {
    onEvent(event) {
      if (event.type === 'file-done') done.push(event.index);
      else if (event.type === 'progress') waiting = event;
      else {
        flush();
        report(toldEvent(event));
        return;
      }
      timer ??= setTimeout(flush, INTERVAL_MS);
    },
    flush,
  };
}

/** An event as it crosses to the page: a cause doesn't. */
function toldEvent(event: TransferEvent): EngineEvent {
  if (event.type !== 'paused' && event.type !== 'file-failed') return event;
  const { cause, ...told } = event;
  if (told.type === 'file-failed') return told;
  const refusal = refusalBehind(cause);
  return { ...told, ...(refusal !== null && { refusal }) };
}
