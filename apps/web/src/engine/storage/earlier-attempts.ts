// Attempts at an offer that other tabs left, in this browser's storage or in a picked folder.
import { hexOf, type Manifest } from '@p2p-copy/core';
import { isSamePlace } from './received-record.ts';
import { listTransfers, type StoredReceiving } from './stored-transfers.ts';

/** Ids of the unfinished ones that were at the same offer and into the same place; none in classic. */
export async function earlierAttempts(
  manifest: Manifest,
  place: StoredReceiving['place'],
): Promise<string[]> {
  const pin = storedPin(manifest);
  if (pin === '') return [];
  const stored = await listTransfers().catch(() => []);
  const ids: string[] = [];
  for (const it of stored) {
    if (it.kind === 'receiving' && it.pin === pin && (await isSamePlace(it.place, place))) ids.push(it.id);
  }
  return ids;
}

/** The pin of an offer as it is stored; '' in classic, which has none. */
export function storedPin({ pin }: Manifest): string {
  return pin === undefined ? '' : hexOf(pin);
}
