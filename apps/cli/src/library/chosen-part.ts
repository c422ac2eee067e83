// The part of an offer that is wanted: by patterns (`only`), then by the answer about it.
import { hasContent, type Manifest, TransferError } from '@p2p-copy/core';
import { matchingEntries } from '../node/patterns/selection.ts';
import type { Offer, OfferChanges, OfferEntry } from './public-types.ts';

/**
 * Indices of the entries that no pattern asks for.
 * @param keepsFolders whether folders around what is wanted are wanted, too: a stream has none
 * @throws TransferError `declined` where that is all of them
 */
export function unmatchedEntries(
  { entries }: Manifest,
  only: readonly string[] | undefined,
  { keepsFolders = true }: { keepsFolders?: boolean } = {},
): Set<number> {
  if (only === undefined || only.length === 0) return new Set();
  const matching = matchingEntries(only, entries);
  const unmatched = entries.filter(
    ({ index, kind }) => !matching.has(index) || (kind === 'folder' && !keepsFolders),
  );
  if (unmatched.length === entries.length)
    throw new TransferError(
      'declined',
      'Nothing that is offered matches what is asked for; it was declined.',
    );
  return new Set(unmatched.map(({ index }) => index));
}

/**
 * Indices of the entries that are not wanted, by the answer about those that were shown: yes, or the indices that are.
 * @throws TransferError `declined`
 */
export function unwantedBy(
  answer: boolean | readonly number[],
  shown: readonly OfferEntry[],
  unmatched: ReadonlySet<number>,
): Set<number> {
  const unwanted = new Set(unmatched);
  if (answer === true) return unwanted;
  const wanted = new Set(answer || []);
  if (!shown.some(({ index }) => wanted.has(index)))
    throw new TransferError('declined', 'You declined the offer.');
  for (const { index } of shown) if (!wanted.has(index)) unwanted.add(index);
  return unwanted;
}

/** An offer without some of its entries. */
export function partOf<O extends Pick<Offer, 'entries' | 'files' | 'bytes' | 'unsized'>>(
  offer: O,
  unwanted: ReadonlySet<number>,
): O {
  if (unwanted.size === 0) return offer;
  const entries = offer.entries.filter(({ index }) => !unwanted.has(index));
  const files = entries.filter(({ kind }) => hasContent(kind));
  return {
    ...offer,
    entries,
    files: files.length,
    bytes: files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    unsized: files.some(({ sizeBytes }) => sizeBytes === null),
  };
}

/** Changes of the entries that are shown. */
export function changesIn(changes: OfferChanges | null, unwanted: ReadonlySet<number>): OfferChanges | null {
  if (changes === null) return null;
  const isShown = (index: number) => !unwanted.has(index);
  return { added: changes.added.filter(isShown), changed: changes.changed.filter(isShown) };
}
