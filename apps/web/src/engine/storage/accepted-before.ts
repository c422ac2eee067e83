// What an earlier tab noted of an accepted offer, for a later offer of the same transfer: matched by path.
import { type ChangedFile, indicesIn, type Manifest, matchOffer, Pace } from '@p2p-copy/core';
import { browserClock } from '../platform/browser-clock.ts';
import type { AcceptedRow, StoredReceiving } from './stored-transfers.ts';

/** Indices are those of the later offer. */
interface AcceptedBefore {
  skip: Set<number>;
  delivered: Set<number>;
  /** Of those that are wanted and weren't delivered. */
  changed: ChangedFile[];
  /** The index in the accepted offer of each entry. */
  acceptedIndices: readonly number[];
}

/** Null for another offer. */
export async function acceptedBefore(
  stored: StoredReceiving,
  rows: readonly AcceptedRow[],
  { entries }: Manifest,
): Promise<AcceptedBefore | null> {
  const pinned = rows.map(([path, kind, sizeBytes, executable], index) => ({
    index,
    path,
    kind,
    sizeBytes,
    executable,
  }));
  const match = await matchOffer(pinned, entries, new Pace(browserClock));
  if (match === null) return null;
  const { acceptedIndices } = match;
  const within = (indices: Iterable<number>) => {
    const accepted = new Set(indices);
    const isWithin = ({ index }: { index: number }) => accepted.has(acceptedIndices[index]!);
    return new Set(entries.filter(isWithin).map(({ index }) => index));
  };
  const skip = within(stored.skip);
  const delivered = within(indicesIn(stored.delivered));
  const changed = match.changed.filter(({ index }) => !skip.has(index) && !delivered.has(index));
  return { skip, delivered, changed, acceptedIndices };
}
