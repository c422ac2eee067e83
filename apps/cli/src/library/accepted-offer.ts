// What was accepted of an offer, as plain JSON: kept by whoever wants to resume a transfer, so that nobody is asked again, and
// so that nothing else is taken.
import {
  ANY_RECEIVER,
  type ChangedFile,
  checkPath,
  type Manifest,
  type ManifestEntry,
  matchOffer,
  Pace,
  type PinnedEntry,
  PlacedPaths,
} from '@p2p-copy/core';
import type { OverwritePlan } from '../node/sinks/plan-overwrites.ts';
import { nodeClock } from '../node/time/clock.ts';
import type { AcceptedOffer } from './public-types.ts';

/** What a person decided about an offer. */
export interface DecidedOffer extends OverwritePlan {
  /** Indices of files that may be compared with what stands under their name. */
  compared: Set<number>;
}

/** The decisions about an offer that was accepted before, for this one. */
export interface KnownOffer extends DecidedOffer {
  /** Indices of files that were left out because some system obeys their names. */
  leftOut: Set<number>;
  /** Indices of entries that were not chosen. */
  unwanted: Set<number>;
  /** Files that have another size now. */
  changed: ChangedFile[];
}

/** @param takesGrowth whether files that change are taken without a question, within the rule */
export function acceptedOffer(
  { entries }: Manifest,
  { skip, placed, replaces, compared }: DecidedOffer,
  takesGrowth: boolean,
): AcceptedOffer {
  const links = entries.flatMap(({ index, target }): [number, string][] =>
    target === undefined ? [] : [[index, target]],
  );
  return {
    entries: entries.map(acceptedEntry),
    skip: rangesOf(skip),
    renamed: [...placed.files],
    ...(placed.held.size > 0 && { held: [...placed.held] }),
    ...(placed.folders.size > 0 && { folders: [...placed.folders] }),
    ...(links.length > 0 && { links }),
    replaces: rangesOf(replaces),
    compared: rangesOf(compared),
    takesGrowth,
  };
}

/** The decisions of before; null when this offer has something else in it, so that it is to be reviewed. */
export async function knownOffer(accepted: AcceptedOffer, { entries }: Manifest): Promise<KnownOffer | null> {
  const pace = new Pace(nodeClock);
  const match = await matchOffer(pinnedEntries(accepted), entries, pace);
  if (match === null) return null;
  const { acceptedIndices, changed } = match;
  const renamedBefore = new Map(accepted.renamed);
  const placed = placedFolders(accepted.folders ?? []);
  if (placed === null) return null;
  const heldBefore = new Map(accepted.held ?? []);
  const known: KnownOffer = {
    skip: indicesOf(accepted.skip, acceptedIndices),
    replaces: indicesOf(accepted.replaces, acceptedIndices),
    compared: indicesOf(accepted.compared, acceptedIndices),
    leftOut: indicesOf(accepted.leftOut ?? [], acceptedIndices),
    unwanted: indicesOf(accepted.unwanted ?? [], acceptedIndices),
    placed,
    finalPaths: new Set(),
    changed,
  };
  for (const { kind, index, path } of entries) {
    const turn = pace.step();
    if (turn !== null) await turn;
    const name = renamedBefore.get(acceptedIndices[index]!);
    // It was kept in a file: what it names must be where the offer's own path is.
    if (name !== undefined && !isBelow(placed.folderAt(parentOf(path)), name)) return null;
    if (name !== undefined) placed.files.set(index, name);
    const held = heldBefore.get(acceptedIndices[index]!);
    if (held !== undefined && !isBelow(placed.folderAt(parentOf(path)), held)) return null;
    if (held !== undefined) placed.held.set(index, held);
    if ((kind === 'file' || kind === 'link') && !known.skip.has(index))
      known.finalPaths.add(placed.pathOf({ index, kind, path }).toLowerCase());
  }
  return known;
}

function acceptedEntry({
  path,
  kind,
  sizeBytes,
  executable,
  mode,
}: ManifestEntry): AcceptedOffer['entries'][number] {
  return mode === undefined ? [path, kind, sizeBytes, executable] : [path, kind, sizeBytes, executable, mode];
}

function* pinnedEntries({ entries, links = [] }: AcceptedOffer): Generator<PinnedEntry> {
  const targets = new Map(links);
  for (const [index, [path, kind, sizeBytes, executable, mode]] of entries.entries()) {
    const target = targets.get(index);
    yield {
      index,
      path,
      kind,
      sizeBytes,
      executable,
      ...(mode !== undefined && { mode }),
      ...(target !== undefined && { target }),
    };
  }
}

/** Folders as they were placed, from the top down; null where one would stand elsewhere than beside its own place. */
function placedFolders(folders: readonly [string, string][]): PlacedPaths | null {
  const placed = new PlacedPaths();
  for (const [path, place] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!isBelow(placed.folderAt(parentOf(path)), place)) return null;
    placed.placeFolder(path, place);
  }
  return placed;
}

/** Whether a path names something in just that folder. */
function isBelow(folder: string, path: string): boolean {
  if (parentOf(path) !== folder) return false;
  try {
    checkPath(path, ANY_RECEIVER);
    return true;
  } catch {
    return false;
  }
}

export function rangesOf(indices: Iterable<number>): [number, number][] {
  const ranges: [number, number][] = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges;
}

/** Indices of this offer whose entries had indices within the ranges in the accepted one. */
function indicesOf(ranges: readonly [number, number][], acceptedIndices: readonly number[]): Set<number> {
  const count = acceptedIndices.reduce((most, index) => Math.max(most, index + 1), 0);
  const isWithin = new Uint8Array(count);
  for (const [first, last] of ranges) isWithin.fill(1, first, Math.min(last + 1, count));
  const indices = new Set<number>();
  acceptedIndices.forEach((accepted, index) => {
    if (isWithin[accepted] === 1) indices.add(index);
  });
  return indices;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
