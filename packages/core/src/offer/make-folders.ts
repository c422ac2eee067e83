// The folders of an accepted offer, made before any file comes.

import type { Pace } from '../async/pace.ts';
import type { FolderSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';

/** @throws TransferError those of the sink */
export async function makeFolders(
  sink: FolderSink,
  wanted: readonly ManifestEntry[],
  pace: Pace,
): Promise<void> {
  for (const { kind, path, modifiedMs, mode } of wanted) {
    if (kind !== 'folder') continue;
    await sink.makeFolder(path, { modifiedMs, ...(mode !== undefined && { mode }) });
    await pace.step();
  }
}
