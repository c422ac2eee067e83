// What was accepted of a transfer, and how a later offer of it differs: matched by path, whatever order it has.
// docs/PROTOCOL.md section 10.

import type { ChangedFile, PinnedEntry } from '../api/pinned-entry.ts';
import type { Pace } from '../async/pace.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { MAX_MODE } from '../wire/limits.ts';

/** How a later offer of a transfer matches the accepted one. */
export interface OfferMatch {
  /** The index in the accepted offer for each entry of the later one. */
  acceptedIndices: number[];
  /** In ascending order. */
  changed: ChangedFile[];
}

/**
 * Null for another offer: something in it wasn't accepted, or is of another kind, newly or no longer executable, with wider permissions, or a link to another target.
 * @param pace counts entries of both: a million take a second
 */
export async function matchOffer(
  accepted: Iterable<PinnedEntry>,
  offered: readonly ManifestEntry[],
  pace: Pace,
): Promise<OfferMatch | null> {
  const pinned = new Map<string, PinnedEntry>();
  for (const entry of accepted) {
    pinned.set(entry.path, entry);
    const turn = pace.step();
    if (turn !== null) await turn;
  }
  const match: OfferMatch = { acceptedIndices: [], changed: [] };
  for (const { index, path, kind, sizeBytes, executable, mode, target } of offered) {
    const turn = pace.step();
    if (turn !== null) await turn;
    const before = pinned.get(path);
    if (before === undefined || before.kind !== kind || before.executable !== executable) return null;
    if (isWider(mode, before.mode) || before.target !== target) return null;
    match.acceptedIndices.push(before.index);
    if (before.sizeBytes !== sizeBytes)
      match.changed.push({ path, index, acceptedBytes: before.sizeBytes, sizeBytes });
  }
  return match;
}

/** Whether others would be permitted more than was accepted: without a mode, all that the umask permits. */
function isWider(mode = MAX_MODE, accepted = MAX_MODE): boolean {
  return (mode & ~accepted) !== 0;
}

/** The rule for a file that changed where nobody is asked: at most twice what was accepted. */
export function isModestChange({ acceptedBytes, sizeBytes }: ChangedFile): boolean {
  return acceptedBytes !== null && sizeBytes !== null && sizeBytes <= 2 * acceptedBytes;
}
