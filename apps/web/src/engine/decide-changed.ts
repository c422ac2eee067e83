// Which files are wanted although they changed since they were accepted.
import { type ChangedFile, isModestChange } from '@p2p-copy/core';
import { freeBytes } from './free-bytes.ts';

/** Files that changed meanwhile are taken within the rule, where there is room; the others fail. */
export async function decideChanged(changed: readonly ChangedFile[]): Promise<Set<number>> {
  let free = changed.length === 0 ? 0 : ((await freeBytes()) ?? Number.POSITIVE_INFINITY);
  const agreed = new Set<number>();
  for (const change of changed.filter(isModestChange)) {
    free -= change.sizeBytes ?? 0;
    if (free >= 0) agreed.add(change.index);
  }
  return agreed;
}
