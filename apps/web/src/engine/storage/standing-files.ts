// Which files of a transfer are whole in this browser's storage, after the tab that received them is gone.
import type { ManifestEntry } from '@p2p-copy/core';
import { diskError } from '../folders/disk-error.ts';
import { ListedFolders } from '../folders/listed-folders.ts';
import { joinPath, splitPath } from '../folders/sink-folders.ts';
import type { KeptTransfer } from './kept-transfers.ts';

/**
 * The indices of the files that were delivered before: those noted, and in this browser's storage only those that are
 * still there, with what the notes may lack if this transfer alone has written to it.
 * @throws TransferError `sink-failed`
 */
export async function deliveredHere(
  kept: KeptTransfer | null,
  entries: readonly ManifestEntry[],
  noted: ReadonlySet<number>,
  isOwn: boolean,
): Promise<Set<number>> {
  const isHere = ({ kind, path }: ManifestEntry) =>
    kind === 'file' && (kept === null || kept.files.has(path));
  const delivered = new Set([...noted].filter((index) => isHere(entries[index]!)));
  if (kept !== null && isOwn) for (const index of await findStanding(kept, entries)) delivered.add(index);
  return delivered;
}

/**
 * Adds the whole files to `kept`, and returns their indices. A file has its final name there because it was verified.
 */
async function findStanding(kept: KeptTransfer, entries: readonly ManifestEntry[]): Promise<Set<number>> {
  const listed = new ListedFolders(kept.received);
  const standing = new Set<number>();
  for (const entry of entries) {
    const { index, kind, path } = entry;
    if (kind !== 'file') continue;
    const [folderPath, name] = splitPath(path);
    const handle = (await listed.list(folderPath)).get(name);
    if (handle?.kind !== 'file') continue;
    const { size } = await (handle as FileSystemFileHandle).getFile().catch((cause: unknown) => {
      throw diskError(cause, path, 'read');
    });
    kept.addFile(path, { ...entry, path: joinPath(folderPath, name), sizeBytes: size });
    standing.add(index);
  }
  return standing;
}
