// Attempts at an offer that other tabs left in this browser's storage.
import type { Manifest } from '@p2p-copy/core';
import { hexOf } from './index-ranges.ts';
import { listTransfers } from './stored-transfers.ts';

/** Ids of the unfinished ones that were at the same offer; none in classic. */
export async function earlierAttempts({ pin }: Manifest): Promise<string[]> {
  if (pin === undefined) return [];
  const stored = await listTransfers().catch(() => []);
  return stored
    .filter((it) => it.kind === 'receiving' && it.place.kind === 'browser' && it.pin === hexOf(pin))
    .map(({ id }) => id);
}
