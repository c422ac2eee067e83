// Names that no browser takes: a backslash becomes “_”, so that such a file stops nothing else. From the review on the page
// knows an offer by the names under which it is saved. docs/PROTOCOL.md section 10.
import { type FolderSink, heldPaths, type Manifest, Pace, type PlacedPaths } from '@p2p-copy/core';
import { browserClock } from '../platform/browser-clock.ts';

const BROWSER = { holds: (name: string) => !name.includes('\\'), foldsCase: false };

/** Where a browser can save the entries of an offer, and the offer under those names. */
export async function heldOffer(offered: Manifest): Promise<{ placed: PlacedPaths; manifest: Manifest }> {
  const placed = await heldPaths(offered.entries, BROWSER, new Pace(browserClock));
  if (placed.files.size === 0 && placed.folders.size === 0) return { placed, manifest: offered };
  const entries = offered.entries.map((entry) => ({ ...entry, path: placed.pathOf(entry) }));
  return { placed, manifest: { ...offered, entries } };
}

/** A sink that is told names as they were offered, and saves under those of `placed`. */
export function heldSink(sink: FolderSink, placed: PlacedPaths): FolderSink {
  if (placed.files.size === 0 && placed.folders.size === 0) return sink;
  const { findExisting, stop } = sink;
  return {
    makeFolder: (path, settings) => sink.makeFolder(placed.folderAt(path), settings),
    openFile: (entry) => sink.openFile({ ...entry, path: placed.pathOf(entry) }),
    ...(findExisting && {
      findExisting: (entry, withFinal) =>
        findExisting.call(sink, { ...entry, path: placed.pathOf(entry) }, withFinal),
    }),
    finish: () => sink.finish(),
    ...(stop && { stop: () => stop.call(sink) }),
  };
}
