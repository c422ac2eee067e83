// Which files of a transfer are whole in this browser's storage, after the tab that received them is gone.
import type { ManifestEntry } from '@p2p-copy/core';
import { diskError } from './disk-error.ts';
import type { KeptTransfer } from './kept-transfers.ts';
import { ListedFolders } from './listed-folders.ts';
import { joinPath, splitPath } from './sink-folders.ts';

/**
 * Adds the whole files to `kept`, and returns their indices. Only for storage that this transfer alone has written to: a file has
 * its final name there because it was verified. Errors: `sink-failed`.
 */
export async function findStanding(
  kept: KeptTransfer,
  entries: readonly ManifestEntry[],
): Promise<Set<number>> {
  const listed = new ListedFolders(kept.received);
  const standing = new Set<number>();
  for (const { index, kind, path, modifiedMs } of entries) {
    if (kind !== 'file') continue;
    const [folderPath, name] = splitPath(path);
    const handle = (await listed.list(folderPath)).get(name);
    if (handle?.kind !== 'file') continue;
    const { size } = await (handle as FileSystemFileHandle).getFile().catch((cause: unknown) => {
      throw diskError(cause, path);
    });
    kept.addFile(path, { path: joinPath(folderPath, name), sizeBytes: size, modifiedMs });
    standing.add(index);
  }
  return standing;
}
