// Which files of an offer are not wanted, as both ends tell it to their people.

import { type LeftOut, MOST_LEFT_OUT_NAMED } from '../api/events.ts';
import type { EntryKind } from '../ports/entry.ts';

/** Of files and messages among `entries` that `isLeftOut`, by index; null when there are none. Folders are not counted. */
export function leftOutOf(
  entries: readonly { kind: EntryKind; path: string }[],
  isLeftOut: (index: number) => boolean,
): LeftOut | null {
  const left: LeftOut = { files: 0, paths: [] };
  for (const [index, { kind, path }] of entries.entries()) {
    if (kind === 'folder' || !isLeftOut(index)) continue;
    left.files += 1;
    if (left.paths.length < MOST_LEFT_OUT_NAMED) left.paths.push(path);
  }
  return left.files === 0 ? null : left;
}
