// An offer while its entries come from the worker.
import type { ManifestEntry } from '@p2p-copy/core';
import { OfferSummary } from '../format/offer-summary.ts';

/** An offer whose entries come, page by page. */
export interface ListedOffer {
  offer: number;
  entries: ManifestEntry[];
  summary: OfferSummary;
}

/** @param before of the same offer, or of another one */
export function listedWith(
  before: ListedOffer | null,
  { offer, entries }: { offer: number; entries: readonly ManifestEntry[] },
): ListedOffer {
  const listed = before?.offer === offer ? before : { offer, entries: [], summary: new OfferSummary() };
  for (const entry of entries) {
    listed.entries.push(entry);
    listed.summary.add(entry.kind, entry.path, entry.sizeBytes);
  }
  return listed;
}
