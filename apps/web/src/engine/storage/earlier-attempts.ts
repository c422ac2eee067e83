// Attempts at an offer that other tabs left in this browser's storage.
import { hexOf, type Manifest } from '@p2p-copy/core';
import { listTransfers } from './stored-transfers.ts';

/** Ids of the unfinished ones that were at the same offer; none in classic. */
export async function earlierAttempts(manifest: Manifest): Promise<string[]> {
  const pin = storedPin(manifest);
  if (pin === '') return [];
  const stored = await listTransfers().catch(() => []);
  return stored
    .filter((it) => it.kind === 'receiving' && it.place.kind === 'browser' && it.pin === pin)
    .map(({ id }) => id);
}

/** The pin of an offer as it is stored; '' in classic, which has none. */
export function storedPin({ pin }: Manifest): string {
  return pin === undefined ? '' : hexOf(pin);
}
