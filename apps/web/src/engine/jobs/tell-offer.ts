// An offer goes from the worker to the page in pages, each a message of its own, so that both can do other things meanwhile.
import { type Manifest, nearestFolders, Pace } from '@p2p-copy/core';
import type { ReceiveReport } from '../../contract/messages.ts';
import { browserClock } from '../platform/browser-clock.ts';

/** Some 10 ms of the page's time. */
const ENTRIES_IN_PAGE = 2000;

/** Tells all entries; returns what `review` tells of their folders, or null when `isOver` before the end. */
export async function tellEntries(
  { entries }: Manifest,
  offer: number,
  report: (message: ReceiveReport) => void,
  isOver: () => boolean,
): Promise<Int32Array | null> {
  for (let start = 0; start < entries.length; start += ENTRIES_IN_PAGE) {
    report({ type: 'entries', offer, entries: entries.slice(start, start + ENTRIES_IN_PAGE) });
    await browserClock.turn();
    if (isOver()) return null;
  }
  const folders = await nearestFolders(entries, new Pace(browserClock));
  return isOver() ? null : folders;
}
