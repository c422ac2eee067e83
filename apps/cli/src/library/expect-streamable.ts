// Which offers a stream takes in place of a folder.
import { type Manifest, TransferError } from '@p2p-copy/core';
import { counted } from '../wording/amounts.ts';

/**
 * One file or message, and once.
 * @throws TransferError `declined`; `cancelled` where an earlier offer was accepted
 */
export function expectStreamable({ entries, files }: Manifest, hasAccepted: boolean): void {
  if (hasAccepted) {
    throw new TransferError(
      'cancelled',
      'The sender begins anew, and what has gone to the stream cannot be written twice.',
    );
  }
  if (entries.length === 1 && entries[0]!.kind !== 'folder') return;
  const found = entries.some(({ kind }) => kind === 'folder') ? 'a folder' : counted(files, 'file');
  throw new TransferError(
    'declined',
    `A stream takes one file or message, but ${found} came; it was declined.`,
  );
}
