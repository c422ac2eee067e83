// Port ByteSource over a short text: a message, which the other side shows instead of saving it.
import { type SourceEntry, TransferError } from '@p2p-copy/core';
import { sizeInWords } from '../../wording/amounts.ts';

export const TEXT_NAME = 'message.txt';
export const MAX_TEXT_BYTES = 1024 * 1024;

/** @throws TransferError `nothing-to-send` (an empty text), `limit-exceeded` (over 1 MiB of UTF-8) */
export function textEntry(text: string, path: string = TEXT_NAME): SourceEntry {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0) throw new TransferError('nothing-to-send', 'The text is empty.');
  if (bytes.length > MAX_TEXT_BYTES) {
    const size = sizeInWords(bytes.length);
    throw new TransferError(
      'limit-exceeded',
      `The text has ${size}; more than 1 MiB has to be sent as a file.`,
    );
  }
  return {
    kind: 'text',
    path,
    sizeBytes: bytes.length,
    modifiedMs: null,
    executable: false,
    open: async () => ({
      async read(offset, into) {
        const piece = bytes.subarray(offset, offset + into.length);
        into.set(piece);
        return piece.length;
      },
      isUnchanged: async () => true,
      close: async () => {},
    }),
  };
}
