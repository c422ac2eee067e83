// What is stored of a receiving beside its progress: the rows that were accepted, and the files once they are whole.
import type { Manifest, TransferResult } from '@p2p-copy/core';
import type { SinkChoice } from '../../contract/messages.ts';
import { OfferContent } from '../../format/offer-content.ts';
import type { KeptTransfer } from './kept-transfers.ts';
import { type AcceptedRow, endedContent, putTransfer, type StoredReceiving } from './stored-transfers.ts';

export function rowsOf({ entries }: Manifest): AcceptedRow[] {
  return entries.map(({ path, kind, sizeBytes, executable }) => [path, kind, sizeBytes, executable]);
}

/** Of an offer, without what the person left out. */
export function contentOf({ entries }: Manifest, skip: ReadonlySet<number>): OfferContent {
  const content = new OfferContent();
  for (const { index, kind, path, sizeBytes } of entries) {
    if (!skip.has(index)) content.add(kind, path, sizeBytes);
  }
  return content;
}

/** What a receiving brought that an earlier tab noted as whole. */
export async function endedReceiving(
  stored: StoredReceiving,
): Promise<{ result: TransferResult; texts: string[] }> {
  const { rows, texts } = (await endedContent(stored.id)) ?? { rows: [], texts: [] };
  const skip = new Set(stored.skip);
  const files = rows.filter(([, kind], index) => kind !== 'folder' && !skip.has(index)).length;
  return { result: { files, bytes: stored.totalBytes ?? stored.bytes, failed: [] }, texts };
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
