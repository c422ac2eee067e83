// What is stored of a receiving beside its progress: the rows that were accepted, and the files once they are whole.
import type { Manifest } from '@p2p-copy/core';
import type { SinkChoice } from '../../contract/messages.ts';
import type { KeptTransfer } from './kept-transfers.ts';
import { type AcceptedRow, putTransfer, type StoredReceiving } from './stored-transfers.ts';

export function rowsOf({ entries }: Manifest): AcceptedRow[] {
  return entries.map(({ path, kind, sizeBytes, executable }) => [path, kind, sizeBytes, executable]);
}

/** So that it is found when the tab is closed before all is saved. */
export async function listReceived(kept: KeptTransfer, title: string): Promise<void> {
  const files = [...kept.files.values()];
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const shown = { id: kept.id, title, files: files.length, bytes, totalBytes: bytes, savedMs: Date.now() };
  await putTransfer({ kind: 'received', ...shown }, kept.stored).catch((error: unknown) =>
    console.warn(error),
  );
}

export async function isSamePlace(before: StoredReceiving['place'], choice: SinkChoice): Promise<boolean> {
  if (before.kind === 'folder' && choice.kind === 'folder') return before.folder.isSameEntry(choice.folder);
  return before.kind === choice.kind;
}
