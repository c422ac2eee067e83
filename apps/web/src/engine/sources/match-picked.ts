// Whether what was chosen again is what was being sent: by path, size and time. The engine compares contents anyway; this
// tells a person about a wrong choice before anything is sent.
import type { SourceEntry } from '@p2p-copy/core';
import type { Mismatch, PickedItem } from '../../contract/messages.ts';
import type { SentRow } from '../storage/stored-transfers.ts';
import { fileEntry, folderEntry } from './blob-source.ts';

/** Paths that a person is shown. */
const SHOWN = 20;

export type Matched = { entries: SourceEntry[] } | { mismatch: Mismatch };

/** The entries of `rows`, in their order, with the files among `items`; what else was chosen is left out. */
export function matchPicked(rows: readonly SentRow[], items: Iterable<PickedItem>): Matched {
  const files = new Map<string, File>();
  for (const item of items) if (item.kind === 'file') files.set(item.path, item.file);
  const entries: SourceEntry[] = [];
  const missing: string[] = [];
  const changed: string[] = [];
  for (const { kind, path, sizeBytes, modifiedMs } of rows) {
    const file = files.get(path);
    if (kind === 'folder') entries.push(folderEntry(path));
    else if (file === undefined) missing.push(path);
    else if (file.size !== sizeBytes || file.lastModified !== modifiedMs) changed.push(path);
    else entries.push(fileEntry(path, file));
  }
  if (missing.length + changed.length === 0) return { entries };
  return {
    mismatch: {
      missing: missing.slice(0, SHOWN),
      missingCount: missing.length,
      changed: changed.slice(0, SHOWN),
      changedCount: changed.length,
    },
  };
}
