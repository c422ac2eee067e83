// Tells what is offered, page by page: a list may be long, and a receiver checks each page before it takes the next.

import { nextTurn } from '../async/pace.ts';
import type { Clock } from '../foundation/clock.ts';
import type { TransferLanes } from '../lanes/transfer-lanes.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { encodeControlMessage } from '../wire/control-message.ts';
import { manifestPages } from '../wire/manifest.ts';
import { encodeRecord } from '../wire/record.ts';

/** Of pages that wait in the socket's queue. */
const PAGES_AHEAD_BYTES = 1024 * 1024;

/** What sending a manifest needs of its session. */
export interface ManifestContext {
  lanes: TransferLanes;
  /** Whether the receiver is told modes. */
  hasModes: boolean;
  clock: Clock;
  /** Aborted when the session ends. */
  signal: AbortSignal;
}

/** Sends all pages; returns whether the session still runs then. */
export async function sendManifestPages(
  entries: readonly Omit<ManifestEntry, 'index'>[],
  { lanes, hasModes, clock, signal }: ManifestContext,
): Promise<boolean> {
  for (const page of manifestPages(entries, hasModes)) {
    if (signal.aborted) return false;
    await lanes.say(encodeRecord('control', encodeControlMessage({ type: 'manifest', entries: page })));
    await lanes.drained(PAGES_AHEAD_BYTES);
    await nextTurn(clock);
  }
  return !signal.aborted;
}
